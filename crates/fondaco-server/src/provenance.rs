//! Who published a file, and who the release before: by attestations (PEP 740) that are verified here,
//! whatever an upstream says of them. What doesn't verify is passed on to nobody.

use fondaco_model::{
    Deed, FileKey, FileProvenance, JournalEntry, JournalKind, PageFile, Timestamp, UpstreamName,
};
use fondaco_provenance::{AttestationError, Publisher, check_provenance};
use fondaco_pydist::{DistFilename, Sha256, Version};
use fondaco_store::Tx;
use fondaco_worker::Publication;

use crate::app::App;
use crate::gate::blocking;
use crate::pages;
use crate::trouble::Trouble;

/// A provenance object as upstream gives it, before the content is known that it is about.
pub(crate) enum Given {
    /// There is none.
    Nothing,
    /// It can't be had now, which says nothing.
    Unknown,
    /// Its bytes.
    Object(Vec<u8>),
}

/// What the attestations of a file came to.
pub(crate) enum Attested {
    /// It has none.
    Nothing,
    /// They can't be had now, which says nothing.
    Unknown,
    /// They prove nothing.
    Broken,
    /// They are verified.
    By(Box<FileProvenance>),
}

/// What the attestations of a file came to, beside those of the release before.
pub(crate) struct Judged {
    pub(crate) attested: Attested,
    /// The publisher of the release before, as a publisher object.
    pub(crate) before: Option<String>,
}

impl Judged {
    /// What an inspection is told of it; nothing where it is as it was before.
    pub(crate) fn news(&self) -> Option<Publication> {
        let words = |publisher: &String| Publisher::in_words(publisher);
        let before = self.before.as_ref().map(words);
        match (&self.attested, &self.before) {
            (Attested::By(now), Some(other)) if now.publisher != *other => {
                Some(Publication { before, now: Some(words(&now.publisher)), is_broken: false })
            }
            (Attested::Nothing, Some(_)) => Some(Publication { before, now: None, is_broken: false }),
            (Attested::Broken, _) => Some(Publication { before, now: None, is_broken: true }),
            (Attested::Unknown | Attested::By(_) | Attested::Nothing, _) => None,
        }
    }

    /// Keeps what is verified, and writes down what is new.
    pub(crate) async fn keep(
        &self,
        tx: &mut Tx,
        (key, sha256): (&FileKey, Sha256),
        now: Timestamp,
    ) -> Result<(), Trouble> {
        if let Attested::By(provenance) = &self.attested {
            tx.add_provenance(provenance).await?;
        }
        let Some(news) = self.news() else { return Ok(()) };
        let before = news.before.unwrap_or_else(|| "nobody".to_owned());
        let (kind, detail) = match news.now {
            Some(now) => (JournalKind::PublisherChanged, format!("{before} became {now}")),
            None if news.is_broken => {
                (JournalKind::ProvenanceBroken, format!("the release before was published by {before}"))
            }
            None => (JournalKind::ProvenanceLost, format!("the release before was published by {before}")),
        };
        tracing::warn!(project = %key.project, file = key.file_name, detail, "{}", kind.id());
        tx.journal(&JournalEntry::new(now, kind, detail).of_file(key, Some(sha256))).await?;
        Ok(())
    }
}

/// What upstream gives for a file that it lists. Nothing of it fails the file.
pub(crate) async fn given(app: &App, key: &FileKey, known: Option<Sha256>) -> Result<Given, Trouble> {
    if key.upstream.is_own() {
        return Ok(Given::Nothing);
    }
    if let Some(digest) = known
        && app.parts.store.provenance(key, digest).await?.is_some()
    {
        return Ok(Given::Nothing);
    }
    let page = pages::current(app, &key.project).await?;
    let listed = page.files().iter().find(|file| file.file_name == key.file_name);
    fetched(app, key, listed).await
}

async fn fetched(app: &App, key: &FileKey, listed: Option<&PageFile>) -> Result<Given, Trouble> {
    let Some(url) = listed.and_then(|listed| listed.provenance.as_deref()) else { return Ok(Given::Nothing) };
    let source = app.source(&key.project).filter(|source| source.name == key.upstream);
    let Some(source) = source else { return Ok(Given::Unknown) };
    match app.permit(Deed::PullThrough).await {
        Ok(()) => {}
        Err(Trouble::SwitchedOff(_)) => return Ok(Given::Unknown),
        Err(trouble) => return Err(trouble),
    }
    Ok(match source.client.provenance(url).await {
        Ok(bytes) => Given::Object(bytes.to_vec()),
        Err(error) => {
            tracing::warn!(project = %key.project, file = key.file_name, %error, "its attestations can't be fetched");
            Given::Unknown
        }
    })
}

/// Verifies what was given for a content.
pub(crate) async fn attested(
    app: &App,
    key: &FileKey,
    sha256: Sha256,
    given: Given,
) -> Result<Attested, Trouble> {
    if let Some(known) = app.parts.store.provenance(key, sha256).await? {
        return Ok(Attested::By(Box::new(known)));
    }
    let object = match given {
        Given::Nothing => return Ok(Attested::Nothing),
        Given::Unknown => return Ok(Attested::Unknown),
        Given::Object(object) => object,
    };
    let (own, file_name) = (app.clone(), key.file_name.clone());
    let checked = blocking(move || check_provenance(&own.parts.trust, (&file_name, sha256), &object)).await?;
    match checked {
        Ok(provenance) => Ok(Attested::By(Box::new(FileProvenance {
            key: key.clone(),
            sha256,
            publisher: provenance.publisher.to_json().to_string(),
            body: provenance.to_json().to_string(),
            verified_at: app.now(),
        }))),
        Err(error) => {
            let why = match &error {
                AttestationError::Unverified(why) => fondaco_verdict::printable(why),
                other => other.to_string(),
            };
            tracing::warn!(project = %key.project, file = key.file_name, why, "its attestations prove nothing");
            Ok(Attested::Broken)
        }
    }
}

/// Who published the newest earlier release, as a publisher object; none where that is not known to be
/// attested. What is verified for it is kept.
pub(crate) async fn before(app: &App, key: &FileKey) -> Result<Option<String>, Trouble> {
    let store = &app.parts.store;
    let Ok(named) = key.file_name.parse::<DistFilename>() else { return Ok(None) };
    if key.upstream == UpstreamName::own() {
        return Ok(store.last_publisher(&key.project, (&named.release(), &key.file_name)).await?.flatten());
    }
    let page = pages::current(app, &key.project).await?;
    let version = |file: &PageFile| {
        Some(DistFilename::of_project(&file.file_name, &key.project).ok()?.version().clone())
    };
    let earlier: Vec<(Version, &PageFile)> = page
        .files()
        .iter()
        .filter_map(|file| Some((version(file)?, file)))
        .filter(|(version, _)| version < named.version())
        .collect();
    let Some(newest) = earlier.iter().map(|(version, _)| version).max() else { return Ok(None) };
    let attested_ones = earlier
        .iter()
        .filter(|(version, file)| version == newest && file.provenance.is_some() && file.sha256.is_some());
    // Of several files of a release always the same one.
    let Some((_, file)) = attested_ones.min_by(|(_, a), (_, b)| a.file_name.cmp(&b.file_name)) else {
        return Ok(None);
    };
    let Some(sha256) = file.sha256 else { return Ok(None) };
    let of = FileKey { file_name: file.file_name.clone(), ..key.clone() };
    if let Some(known) = store.provenance(&of, sha256).await? {
        return Ok(Some(known.publisher));
    }
    let given = fetched(app, &of, Some(file)).await?;
    let Attested::By(provenance) = attested(app, &of, sha256, given).await? else { return Ok(None) };
    let mut tx = store.begin().await?;
    tx.add_provenance(&provenance).await?;
    tx.commit().await?;
    Ok(Some(provenance.publisher))
}

/// What is known without asking anybody: for what is stored.
pub(crate) async fn known(app: &App, key: &FileKey, sha256: Sha256) -> Result<Judged, Trouble> {
    let attested = match app.parts.store.provenance(key, sha256).await? {
        Some(known) => Attested::By(Box::new(known)),
        None if key.upstream.is_own() => Attested::Nothing,
        None => Attested::Unknown,
    };
    let before = if key.upstream.is_own() { before(app, key).await? } else { None };
    Ok(Judged { attested, before })
}
