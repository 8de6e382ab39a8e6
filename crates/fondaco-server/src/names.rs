//! Names between the layers: claimed for projects of our own, and given back.

use fondaco_model::{AuditAction, AuditEvent, Change, JournalEntry, JournalKind, Timestamp};
use fondaco_pydist::ProjectName;
use fondaco_store::{Store, StoreError};

/// Why a name can't be claimed or given back.
#[derive(Debug, thiserror::Error)]
pub enum NameError {
    /// A reason is needed: it is what the next person reads.
    #[error("this needs a reason")]
    NoReason,
    /// It is no name of our own.
    #[error("{0} is no project of our own")]
    NotOwn(ProjectName),
    /// Files of ours still stand under it.
    #[error("{0} still has {1} files of our own")]
    HasFiles(ProjectName, usize),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who does it, why and when.
#[derive(Debug, Clone)]
pub struct Act {
    /// Who: `operator:NAME`.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl Act {
    pub(crate) fn event(
        &self,
        action: AuditAction,
        subject: impl ToString,
        detail: impl Into<String>,
    ) -> AuditEvent {
        AuditEvent {
            at: self.at,
            actor: self.by.clone(),
            action,
            subject: subject.to_string(),
            reason: self.reason.clone(),
            detail: detail.into(),
        }
    }
}

/// Lets a name that is known elsewhere be that of a project of our own: from its first upload on
/// installers get ours.
///
/// # Errors
/// See [`NameError`]; nothing has changed then.
pub async fn claim(store: &Store, project: &ProjectName, act: &Act) -> Result<(), NameError> {
    if act.reason.trim().is_empty() {
        return Err(NameError::NoReason);
    }
    let mut tx = store.begin().await?;
    tx.claim(project, &act.by, &act.reason, act.at).await?;
    tx.journal(&JournalEntry::new(act.at, JournalKind::NameClaimed, "").of_project(project)).await?;
    tx.audit_change(&act.event(AuditAction::ClaimName, project, ""), Change::of(None, Some("ours"))).await?;
    Ok(tx.commit().await?)
}

/// Gives the name of a project of our own back to the upstreams, once no file of ours stands under
/// it. From then on installers may get another's project of that name.
///
/// # Errors
/// See [`NameError`]; nothing has changed then.
pub async fn lift(store: &Store, project: &ProjectName, act: &Act) -> Result<(), NameError> {
    if act.reason.trim().is_empty() {
        return Err(NameError::NoReason);
    }
    let mut tx = store.begin().await?;
    if store.own_project(project).await?.is_none() {
        return Err(NameError::NotOwn(project.clone()));
    }
    let standing = store.own_files(project).await?.iter().filter(|file| file.deleted_at.is_none()).count();
    if standing > 0 {
        return Err(NameError::HasFiles(project.clone(), standing));
    }
    tx.lift_own_name(project, act.at).await?;
    tx.journal(&JournalEntry::new(act.at, JournalKind::NameLifted, "").of_project(project)).await?;
    tx.audit_change(&act.event(AuditAction::LiftName, project, ""), Change::of(Some("ours"), None)).await?;
    Ok(tx.commit().await?)
}
