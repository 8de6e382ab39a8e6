//! Who uploads, beside who did before: kept with the upload for reviewers, and told to the owners where
//! somebody uploads to their project for the first time. Nothing is held or refused for it.

use fondaco_model::{
    Holders, OwnFile, Publisher, Upload, UserId, UserState, account_of, is_first_upload, rfc3339,
    upload_facts,
};
use fondaco_store::{StoreError, Tx};

use crate::accounts;
use crate::app::App;
use crate::bearer::Bearer;
use crate::breaker::Origin;
use crate::client_address::network;
use crate::roles;

/// The upload that brings a file, as if it were taken.
pub(super) fn upload(file: &OwnFile, origin: &Origin) -> Upload {
    Upload {
        id: file.upload.clone(),
        project: file.project.clone(),
        file_name: file.file_name.clone(),
        version: file.version.clone(),
        sha256: file.sha256,
        taken: true,
        uploaded_by: file.uploaded_by.clone(),
        uploaded_at: file.uploaded_at,
        // Who was where is kept as far as it tells one network from another.
        network: origin.address.map(|address| network(address).to_string()),
    }
}

/// Keeps an upload and what is other about it, and writes to the other owners where it was taken and is its
/// account's first to the project. `true` where a mail waits to be sent.
pub(super) async fn keep(
    app: &App,
    tx: &mut Tx,
    (upload, release): (&Upload, &str),
    (bearer, holders): (&Bearer, &Holders),
) -> Result<bool, StoreError> {
    let past = tx.past_uploads(&upload.project, release).await?;
    let facts = upload_facts(upload, &past);
    tx.add_upload(upload).await?;
    tx.add_upload_facts(&upload.id, &facts).await?;
    for fact in &facts {
        tracing::info!(project = %upload.project, file = upload.file_name, by = upload.uploaded_by, detail = fact.detail, "{}", fact.kind.id());
    }
    // A blocked upload makes nobody known, and is the operators' affair.
    if !upload.taken || !is_first_upload(&upload.uploaded_by, &past) {
        return Ok(false);
    }
    tell(app, tx, upload, (bearer, holders)).await
}

/// Writes to everybody who owns the project, but for whoever uploads.
async fn tell(
    app: &App,
    tx: &mut Tx,
    upload: &Upload,
    (bearer, holders): (&Bearer, &Holders),
) -> Result<bool, StoreError> {
    let who = who(bearer.publisher(&upload.project), account_of(&upload.uploaded_by));
    let uploader = account_of(&upload.uploaded_by).strip_prefix("user:");
    let uploader: Option<UserId> = uploader.and_then(|id| id.parse().ok());
    let who = match &uploader {
        Some(id) => tx.user(id).await?.map_or(who, |user| user.name.to_string()),
        None => who,
    };
    let mut is_queued = false;
    for owner in roles::owners(&app.parts.store, holders).await? {
        if uploader.as_ref() == Some(&owner) {
            continue;
        }
        let Some(user) = tx.user(&owner).await?.filter(|user| user.state == UserState::Active) else {
            continue;
        };
        let subject = (upload.project.as_str(), upload.file_name.as_str());
        let letter = accounts::first_upload(&user, subject, (&who, &rfc3339(upload.uploaded_at)));
        accounts::send(tx, &owner, &letter, upload.uploaded_at).await?;
        is_queued = true;
    }
    Ok(is_queued)
}

/// Whoever is no person, in words of ours: what somebody has called a token is in no mail.
fn who(publisher: Option<&Publisher>, account: &str) -> String {
    match publisher {
        Some(publisher) => format!("the trusted publisher {} ({})", publisher.id, publisher.kind.id()),
        None => format!("whoever has the operator's {}", account.replacen(':', " ", 1)),
    }
}
