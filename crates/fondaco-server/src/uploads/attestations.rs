//! The attestations of an upload: verified, kept, and compared with those of the release before.

use fondaco_model::{FileKey, FileProvenance, JournalEntry, JournalKind, OwnFile};
use fondaco_provenance::{AttestationError, Provenance, Publisher};
use fondaco_pydist::Sha256;
use fondaco_store::{StoreError, Tx};
use fondaco_upload::Rejection;
use fondaco_worker::Publication;

use super::UploadTrouble;
use crate::app::App;
use crate::gate::blocking;
use crate::provenance::{self, Attested, Judged};
use crate::trouble::Trouble;

/// The form's field.
const FIELD: &str = "attestations";

/// The provenance that the form's attestations prove; none where it has none. One that proves
/// nothing refuses the upload: whoever sends one wants it to count.
pub(super) async fn check(
    app: &App,
    texts: &[(String, String)],
    (file_name, sha256): (&str, Sha256),
) -> Result<Option<Provenance>, UploadTrouble> {
    let mut given = texts.iter().filter(|(name, text)| name == FIELD && !text.trim().is_empty());
    let Some((_, text)) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(Rejection::Attestations("they come in more than one field".to_owned()).into());
    }
    let (app, text, file_name) = (app.clone(), text.clone(), file_name.to_owned());
    let checked = blocking(move || fondaco_provenance::check(&app.parts.trust, (&file_name, sha256), &text));
    match checked.await? {
        Ok(provenance) => Ok(Some(provenance)),
        Err(error) => {
            if let AttestationError::Unverified(why) = &error {
                tracing::info!(why = fondaco_verdict::printable(why), "attestations don't verify");
            }
            Err(Rejection::Attestations(error.to_string()).into())
        }
    }
}

/// Keeps the provenance of a file, and writes down where the project is published otherwise than the
/// release before: that is how a stolen token shows.
pub(super) async fn keep(
    tx: &mut Tx,
    (file, key): (&OwnFile, &FileKey),
    provenance: Option<&Provenance>,
) -> Result<(), StoreError> {
    let publisher = provenance.map(|provenance| provenance.publisher.to_json().to_string());
    if let (Some(provenance), Some(publisher)) = (provenance, &publisher) {
        tx.add_provenance(&FileProvenance {
            key: key.clone(),
            sha256: file.sha256,
            publisher: publisher.clone(),
            body: provenance.to_json().to_string(),
            verified_at: file.uploaded_at,
        })
        .await?;
    }
    let Some(Some(before)) = tx.last_publisher(&file.project, (&file.release, &file.file_name)).await? else {
        return Ok(());
    };
    let before_in_words = Publisher::in_words(&before);
    let (kind, detail) = match publisher {
        None => {
            (JournalKind::ProvenanceLost, format!("the release before was published by {before_in_words}"))
        }
        Some(now) if now != before => {
            (JournalKind::PublisherChanged, format!("{before_in_words} became {}", Publisher::in_words(&now)))
        }
        Some(_) => return Ok(()),
    };
    tracing::warn!(project = %file.project, file = file.file_name, detail, "{}", kind.id());
    tx.journal(&JournalEntry::new(file.uploaded_at, kind, detail).of_file(key, Some(file.sha256))).await?;
    Ok(())
}

/// What the inspection of an upload is told of its attestations: where they are otherwise than those of
/// the release before.
pub(super) async fn news(
    app: &App,
    key: &FileKey,
    provenance: Option<&Provenance>,
    sha256: Sha256,
) -> Result<Option<Publication>, Trouble> {
    let attested = provenance.map_or(Attested::Nothing, |provenance| {
        Attested::By(Box::new(FileProvenance {
            key: key.clone(),
            sha256,
            publisher: provenance.publisher.to_json().to_string(),
            body: String::new(),
            verified_at: app.now(),
        }))
    });
    let before = provenance::before(app, key).await?;
    Ok(Judged { attested, before }.news())
}
