//! Operators' rulings: made and taken back, each with its journal entries and audit event in one
//! transaction.

use std::collections::BTreeSet;

use fondaco_model::{
    AuditAction, AuditEvent, Change, FileRecord, JournalEntry, JournalKind, Ruling, RulingId, Timestamp,
    rfc3339,
};
use fondaco_pydist::Sha256;
use fondaco_store::{Store, StoreError, Tx};
use fondaco_verdict::Decision;

/// Why a ruling can't be made or taken back.
#[derive(Debug, thiserror::Error)]
pub enum RulingError {
    /// No file with that content was ever listed here.
    #[error("no file with sha256 {0} is known here")]
    UnknownContent(Sha256),
    /// There is no such ruling, or it was taken back already.
    #[error("no ruling {0} is in force")]
    UnknownRuling(RulingId),
    /// It would be over before it began.
    #[error("a ruling can't end in the past")]
    Expired,
    /// A reason is needed: it is what the next person reads.
    #[error("a ruling needs a reason")]
    NoReason,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a ruling. While the digest that upstream changed a file to is allowed, it stands for the
/// pinned one.
///
/// # Errors
/// See [`RulingError`]; nothing has changed then.
pub async fn make(store: &Store, ruling: &Ruling) -> Result<RulingId, RulingError> {
    if ruling.reason.trim().is_empty() {
        return Err(RulingError::NoReason);
    }
    if ruling.expires_at.is_some_and(|end| end <= ruling.made_at) {
        return Err(RulingError::Expired);
    }
    let files = store.files_with(ruling.sha256).await?;
    // What was blocked when it was uploaded became no file, and may be allowed for the next time.
    if files.is_empty() && store.uploads_of(ruling.sha256).await?.is_empty() {
        return Err(RulingError::UnknownContent(ruling.sha256));
    }
    let mut tx = store.begin().await?;
    let id = make_in(&mut tx, ruling, &files).await?;
    tx.commit().await?;
    Ok(id)
}

/// Makes a ruling on a content that is known here, in the transaction of what it is a part of; the files
/// are those that have the content.
pub(crate) async fn make_in(
    tx: &mut Tx,
    ruling: &Ruling,
    files: &[FileRecord],
) -> Result<RulingId, RulingError> {
    let until =
        ruling.expires_at.map_or_else(|| "for good".to_owned(), |end| format!("until {}", rfc3339(end)));
    let id = tx.add_ruling(ruling).await?;
    let detail = format!("ruling {id}: {} {until}", ruling.decision.id());
    journal(tx, ruling.made_at, JournalKind::RulingMade, &detail, files, ruling.sha256).await?;
    let change = Change::of(None, Some(&format!("{} {until}", ruling.decision.id())));
    let event = AuditEvent {
        at: ruling.made_at,
        actor: ruling.made_by.clone(),
        action: if ruling.decision == Decision::Allow {
            AuditAction::AllowFile
        } else {
            AuditAction::HoldFile
        },
        subject: ruling.sha256.to_string(),
        reason: ruling.reason.clone(),
        detail,
    };
    tx.audit_change(&event, change).await?;
    Ok(id)
}

/// Takes a ruling back.
///
/// # Errors
/// See [`RulingError`]; nothing has changed then.
pub async fn withdraw(
    store: &Store,
    id: RulingId,
    by: &str,
    reason: &str,
    at: Timestamp,
) -> Result<Ruling, RulingError> {
    if reason.trim().is_empty() {
        return Err(RulingError::NoReason);
    }
    let ruling = store.ruling(id).await?.filter(|ruling| ruling.withdrawn_at.is_none());
    let ruling = ruling.ok_or(RulingError::UnknownRuling(id))?;
    let files = store.files_with(ruling.sha256).await?;
    let mut tx = store.begin().await?;
    tx.withdraw_ruling(id, at).await?;
    let detail = format!("ruling {id}: {}", ruling.decision.id());
    journal(&mut tx, at, JournalKind::RulingWithdrawn, &detail, &files, ruling.sha256).await?;
    let event = AuditEvent {
        at,
        actor: by.to_owned(),
        action: AuditAction::WithdrawRuling,
        subject: ruling.sha256.to_string(),
        reason: reason.to_owned(),
        detail,
    };
    tx.audit_change(&event, Change::of(Some(ruling.decision.id()), None)).await?;
    tx.commit().await?;
    Ok(Ruling { withdrawn_at: Some(at), ..ruling })
}

/// One entry for each project that has the content, so that each of their views is made anew.
async fn journal(
    tx: &mut Tx,
    at: Timestamp,
    kind: JournalKind,
    detail: &str,
    files: &[FileRecord],
    sha256: Sha256,
) -> Result<(), StoreError> {
    let mut seen = BTreeSet::new();
    for file in files {
        if seen.insert(file.key.project.clone()) {
            tx.journal(&JournalEntry::new(at, kind, detail).of_file(&file.key, Some(sha256))).await?;
        }
    }
    Ok(())
}
