//! What becomes of what is here: yanked, archived, put in quarantine, deleted, and each of that
//! undone. An act is a row, its journal entries and its audit event in one transaction.

use std::time::Duration;

use fondaco_model::{
    AuditAction, Change, DeletionPolicy, FileKey, JournalEntry, JournalKind, OwnFile, Scope, UpstreamName,
    rfc3339,
};
use fondaco_pydist::{ProjectName, ProjectStatus};
use fondaco_store::{Store, StoreError};

use crate::freezes::{self, FreezeError, More};
use crate::names::Act;

/// How long a deletion can be undone.
pub const UNDO: Duration = Duration::from_secs(14 * 86_400);

/// Why an act can't be done.
#[derive(Debug, thiserror::Error)]
pub enum LifecycleError {
    /// A reason is needed: it is what the next person reads.
    #[error("this needs a reason")]
    NoReason,
    /// It would concern no file of our own.
    #[error("there is no such project, release or file of our own: {0}")]
    NotOwn(Scope),
    /// A whole project can't be yanked.
    #[error("a release or a file is yanked, not a project; a project has a status")]
    WholeProject,
    /// Nothing of it is known here.
    #[error("nothing of {0} is known here")]
    Unknown(Scope),
    /// It is not in quarantine.
    #[error("{0} is not in quarantine by itself")]
    NotQuarantined(Scope),
    /// Quarantine is no status that is set.
    #[error("a quarantine is made with `fondaco admin quarantine`")]
    NoStatus,
    /// Its owners can't delete it any more: what was there so long is used by somebody.
    #[error("{0} can't be deleted by its owners any more: {1} was uploaded at {2}")]
    TooLate(Scope, String, String),
    /// An operator has deleted it.
    #[error("{0} was deleted by an operator, and is brought back by one alone")]
    DeletedByOperator(Scope),
    /// Freezing or freeing it failed.
    #[error(transparent)]
    Freeze(#[from] FreezeError),
    /// Nothing of it was deleted, or too long ago.
    #[error("nothing of {0} was deleted in the last 14 days")]
    NothingDeleted(Scope),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn reasoned(act: &Act) -> Result<(), LifecycleError> {
    if act.reason.trim().is_empty() { Err(LifecycleError::NoReason) } else { Ok(()) }
}

fn key(file: &OwnFile) -> FileKey {
    FileKey {
        upstream: UpstreamName::own(),
        project: file.project.clone(),
        file_name: file.file_name.clone(),
    }
}

/// The files of our own in a scope.
async fn own_files(store: &Store, scope: &Scope) -> Result<Vec<OwnFile>, LifecycleError> {
    let mut files = store.own_files(&scope.project).await?;
    files.retain(|file| scope.has(&file.release, &file.file_name));
    if files.is_empty() { Err(LifecycleError::NotOwn(scope.clone())) } else { Ok(files) }
}

/// Yanks a release or a file of our own (PEP 592); the reason is what installers show.
///
/// # Errors
/// See [`LifecycleError`]; nothing has changed then.
pub async fn yank(store: &Store, scope: &Scope, act: &Act) -> Result<(), LifecycleError> {
    set_yank(store, scope, Some(act.reason.as_str()), act).await
}

/// Takes a yank back.
///
/// # Errors
/// See [`LifecycleError`]; nothing has changed then.
pub async fn unyank(store: &Store, scope: &Scope, act: &Act) -> Result<(), LifecycleError> {
    set_yank(store, scope, None, act).await
}

async fn set_yank(
    store: &Store,
    scope: &Scope,
    reason: Option<&str>,
    act: &Act,
) -> Result<(), LifecycleError> {
    if scope.is_whole() {
        return Err(LifecycleError::WholeProject);
    }
    let files = own_files(store, scope).await?;
    let before = match scope.file_name {
        Some(_) => files.into_iter().find_map(|file| file.yanked),
        None => {
            let mut releases = store.own_releases(&scope.project).await?.into_iter();
            releases.find(|one| Some(&one.release) == scope.release.as_ref()).and_then(|one| one.yanked)
        }
    };
    let (kind, action) = match reason {
        Some(_) => (JournalKind::Yanked, AuditAction::Yank),
        None => (JournalKind::Unyanked, AuditAction::Unyank),
    };
    let mut tx = store.begin().await?;
    if !tx.set_yanked(scope, reason).await? {
        return Err(LifecycleError::NotOwn(scope.clone()));
    }
    tx.journal(&JournalEntry::new(act.at, kind, scope.to_string()).of_project(&scope.project)).await?;
    tx.audit_change(&act.event(action, scope, ""), Change::of(before.as_deref(), reason)).await?;
    Ok(tx.commit().await?)
}

/// Sets the status of a project of our own: active, archived or deprecated (PEP 792).
///
/// # Errors
/// See [`LifecycleError`]; nothing has changed then.
pub async fn set_status(
    store: &Store,
    project: &ProjectName,
    status: ProjectStatus,
    act: &Act,
) -> Result<(), LifecycleError> {
    reasoned(act)?;
    let scope = Scope { project: project.clone(), release: None, file_name: None };
    if status == ProjectStatus::Quarantined {
        return Err(LifecycleError::NoStatus);
    }
    let before = store.own_project(project).await?.ok_or(LifecycleError::NotOwn(scope))?.status;
    let mut tx = store.begin().await?;
    let shown = if status == ProjectStatus::Active { "" } else { act.reason.as_str() };
    tx.set_own_status(project, status, shown).await?;
    let detail = format!("{before} became {status}");
    tx.journal(&JournalEntry::new(act.at, JournalKind::StatusSet, &detail).of_project(project)).await?;
    let change = Change { before: Some(before.to_string()), after: Some(status.to_string()) };
    tx.audit_change(&act.event(AuditAction::SetStatus, project, detail), change).await?;
    Ok(tx.commit().await?)
}

/// Puts a project, a release or a file in quarantine, of whatever layer: it is served to nobody,
/// and is in no listing.
///
/// # Errors
/// See [`LifecycleError`]; nothing has changed then.
pub async fn quarantine(store: &Store, scope: &Scope, act: &Act) -> Result<(), LifecycleError> {
    reasoned(act)?;
    if !scope.is_whole() {
        // A misspelt name would close nothing and look as if it did.
        let known = match &scope.release {
            Some(release) => store.files_of_release(&scope.project, release).await?,
            None => store.files_of_project(&scope.project).await?,
        };
        if !known.iter().any(|file| scope.has(&file.release, &file.key.file_name)) {
            return Err(LifecycleError::Unknown(scope.clone()));
        }
    }
    let mut tx = store.begin().await?;
    freezes::freeze(&mut tx, scope, act, More::default()).await?;
    Ok(tx.commit().await?)
}

/// Lifts a quarantine, and with it everything else that was frozen by the same act.
///
/// # Errors
/// See [`LifecycleError`]; nothing has changed then.
pub async fn unquarantine(store: &Store, scope: &Scope, act: &Act) -> Result<(), LifecycleError> {
    reasoned(act)?;
    let mut tx = store.begin().await?;
    let by_acts = freezes::holding(&mut tx, scope).await?;
    for freeze in &by_acts {
        freezes::lift(&mut tx, freeze, act).await?;
    }
    if by_acts.is_empty() {
        if !tx.lift_quarantine(scope).await? {
            return Err(LifecycleError::NotQuarantined(scope.clone()));
        }
        let entry = JournalEntry::new(act.at, JournalKind::QuarantineLifted, scope.to_string());
        tx.journal(&entry.of_project(&scope.project)).await?;
        let change = Change::of(Some("quarantined"), None);
        tx.audit_change(&act.event(AuditAction::LiftQuarantine, scope, ""), change).await?;
    }
    Ok(tx.commit().await?)
}

/// Writes a note for the next reviewer: it stands in the audit log.
///
/// # Errors
/// See [`LifecycleError`]; nothing has changed then.
pub async fn note(store: &Store, scope: &Scope, act: &Act) -> Result<(), LifecycleError> {
    reasoned(act)?;
    let mut tx = store.begin().await?;
    tx.audit(&act.event(AuditAction::Note, scope, "")).await?;
    Ok(tx.commit().await?)
}

/// By whom something is deleted or brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleter {
    /// An operator: deletes at any time, and brings back whoever has deleted it.
    Operator,
    /// An owner: deletes as long as this lets them, each file that it is about, and brings back what owners
    /// have deleted.
    Owner(DeletionPolicy),
}

/// Deletes files of our own: a file, a release or all of a project. They are gone for clients; the
/// bytes stay as evidence, and so do the names, which are never used again.
///
/// # Errors
/// See [`LifecycleError`]; nothing has changed then.
pub async fn delete(
    store: &Store,
    scope: &Scope,
    act: &Act,
    by: Deleter,
) -> Result<Vec<OwnFile>, LifecycleError> {
    reasoned(act)?;
    let mut tx = store.begin().await?;
    let (files, gone): (Vec<OwnFile>, Vec<OwnFile>) =
        own_files(store, scope).await?.into_iter().partition(|file| file.deleted_at.is_none());
    // What owners have deleted before is gone for good by an operator's word.
    let taken_over: Vec<&OwnFile> =
        gone.iter().filter(|file| by == Deleter::Operator && file.deleted_by_owner).collect();
    if files.is_empty() && taken_over.is_empty() {
        return Err(LifecycleError::NotOwn(scope.clone()));
    }
    if let Deleter::Owner(policy) = by
        && let Some(old) = files.iter().find(|file| !policy.lets_delete(file, act.at))
    {
        let (name, at) = (old.file_name.clone(), rfc3339(old.uploaded_at));
        return Err(LifecycleError::TooLate(scope.clone(), name, at));
    }
    let told = match by {
        Deleter::Operator => "deleted by an operator",
        Deleter::Owner(_) => "deleted by an owner",
    };
    for file in &taken_over {
        tx.set_deleted(file, file.deleted_at, false).await?;
    }
    for file in &files {
        tx.set_deleted(file, Some(act.at), by != Deleter::Operator).await?;
        let entry = JournalEntry::new(act.at, JournalKind::FileDeleted, told);
        tx.journal(&entry.of_file(&key(file), Some(file.sha256))).await?;
    }
    let detail = match taken_over.len() {
        0 => format!("{} files", files.len()),
        more => format!("{} files, and {more} that owners had deleted", files.len()),
    };
    tx.audit_change(
        &act.event(AuditAction::Delete, scope, detail),
        Change::of(Some("there"), Some("deleted")),
    )
    .await?;
    tx.commit().await?;
    Ok(files)
}

/// Brings back what was deleted in the last 14 days.
///
/// # Errors
/// See [`LifecycleError`]; nothing has changed then.
pub async fn restore(
    store: &Store,
    scope: &Scope,
    act: &Act,
    by: Deleter,
) -> Result<Vec<OwnFile>, LifecycleError> {
    reasoned(act)?;
    let mut tx = store.begin().await?;
    let mut files = own_files(store, scope).await?;
    files.retain(|file| {
        file.deleted_at.is_some_and(|at| at.checked_add(UNDO).is_ok_and(|until| act.at < until))
    });
    if files.is_empty() || store.own_project(&scope.project).await?.is_none() {
        return Err(LifecycleError::NothingDeleted(scope.clone()));
    }
    if by != Deleter::Operator {
        files.retain(|file| file.deleted_by_owner);
        if files.is_empty() {
            return Err(LifecycleError::DeletedByOperator(scope.clone()));
        }
    }
    for file in &files {
        tx.set_deleted(file, None, false).await?;
        let entry = JournalEntry::new(act.at, JournalKind::FileRestored, "a deletion was undone");
        tx.journal(&entry.of_file(&key(file), Some(file.sha256))).await?;
    }
    let detail = format!("{} files", files.len());
    tx.audit_change(
        &act.event(AuditAction::Restore, scope, detail),
        Change::of(Some("deleted"), Some("there")),
    )
    .await?;
    tx.commit().await?;
    Ok(files)
}
