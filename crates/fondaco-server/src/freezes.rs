//! What is frozen together is freed together: an act that puts something in quarantine, deletes it or
//! stops an account keeps the list of what it froze, and lifting it undoes that list and no more.

use fondaco_model::{
    Advisory, AuditAction, Change, FileKey, Freeze, Frozen, JournalEntry, JournalKind, Notice, NoticeKind,
    Quarantine, Scope, Timestamp, UpstreamName, User, UserState,
};
use fondaco_pydist::ProjectName;
use fondaco_store::{StoreError, Tx};
use fondaco_wire::osv;

use crate::names::Act;
use crate::tokens::random;

/// Who freezes where reports suffice.
pub(crate) const BY_ITSELF: &str = "index";

/// Why something can't be frozen or freed.
#[derive(Debug, thiserror::Error)]
pub enum FreezeError {
    /// The system gives no random bits.
    #[error("no randomness: {0}")]
    Randomness(getrandom::Error),
    /// A record of our own that no longer can be read.
    #[error("the record {0} can't be read")]
    Record(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an act is to freeze besides the quarantine.
#[derive(Debug, Clone, Default)]
pub(crate) struct More {
    /// Accounts that may do nothing until it is lifted.
    pub(crate) accounts: Vec<String>,
    /// Whether files of our own in the scope are deleted.
    pub(crate) delete: bool,
    /// A record of our own that says what it is.
    pub(crate) advisory: Option<Advisory>,
}

/// Puts a scope in quarantine, with whatever else the act freezes. What is in quarantine by itself,
/// and by no act, is not this act's to free.
pub(crate) async fn freeze(tx: &mut Tx, scope: &Scope, act: &Act, more: More) -> Result<Freeze, FreezeError> {
    let mut frozen = Vec::new();
    let project = &scope.project;
    let standing = tx.quarantines_of(project).await?.iter().any(|one| one.scope == *scope);
    let part = quarantine_of(scope);
    let known = tx.freezes_of(project).await?;
    let by_acts = known.iter().any(|one| one.lifted_at.is_none() && one.frozen.contains(&part));
    if !standing || by_acts {
        frozen.push(part);
    }
    let quarantine = Quarantine {
        scope: scope.clone(),
        reason: act.reason.clone(),
        made_by: act.by.clone(),
        made_at: act.at,
    };
    tx.set_quarantine(&quarantine).await?;
    let told = format!("put in quarantine by {}: {}", act.by, act.reason);
    tx.add_notice(&Notice::new(NoticeKind::Quarantined, scope.to_string(), told, act.at)).await?;
    let entry = JournalEntry::new(act.at, JournalKind::Quarantined, scope.to_string());
    tx.journal(&entry.of_project(project)).await?;
    let id = random::<8>().map_err(FreezeError::Randomness)?;
    let change = Change::of(standing.then_some("quarantined"), Some("quarantined"));
    tx.audit_change(&act.event(AuditAction::Quarantine, scope, format!("act {id}")), change).await?;
    if more.delete {
        delete(tx, scope, act, &mut frozen).await?;
    }
    if let Some(advisory) = more.advisory {
        tx.set_advisory(&advisory).await?;
        let entry = JournalEntry::new(act.at, JournalKind::AdvisoryImported, advisory.id.to_string());
        tx.journal(&entry.of_project(project)).await?;
        frozen.push(Frozen::Advisory(advisory.id));
    }
    for account in more.accounts {
        let listed = Frozen::Account(account.clone());
        let by_acts = known.iter().any(|one| one.lifted_at.is_none() && one.frozen.contains(&listed));
        if !by_acts && !set_state(tx, &account, (UserState::Active, UserState::Frozen)).await? {
            continue;
        }
        let change = Change::of(None, Some("frozen"));
        tx.audit_change(&act.event(AuditAction::FreezeAccount, &account, format!("act {id}")), change)
            .await?;
        frozen.push(Frozen::Account(account));
    }
    let freeze = Freeze {
        id,
        scope: scope.clone(),
        reason: act.reason.clone(),
        made_by: act.by.clone(),
        made_at: act.at,
        lifted_at: None,
        frozen,
    };
    tx.add_freeze(&freeze).await?;
    Ok(freeze)
}

async fn delete(tx: &mut Tx, scope: &Scope, act: &Act, frozen: &mut Vec<Frozen>) -> Result<(), FreezeError> {
    for file in tx.own_files(&scope.project).await? {
        if file.deleted_at.is_some() || !scope.has(&file.release, &file.file_name) {
            continue;
        }
        tx.set_deleted(&file, Some(act.at), false).await?;
        let entry = JournalEntry::new(act.at, JournalKind::FileDeleted, "confirmed as malware");
        tx.journal(&entry.of_file(&own_key(&file.project, &file.file_name), Some(file.sha256))).await?;
        let event = act.event(AuditAction::Delete, format!("{} {}", file.project, file.file_name), "");
        tx.audit_change(&event, Change::of(Some("there"), Some("deleted"))).await?;
        frozen.push(Frozen::File(file.file_name));
    }
    Ok(())
}

fn own_key(project: &ProjectName, file_name: &str) -> FileKey {
    FileKey { upstream: UpstreamName::own(), project: project.clone(), file_name: file_name.to_owned() }
}

fn quarantine_of(scope: &Scope) -> Frozen {
    Frozen::Quarantine { release: scope.release.clone(), file_name: scope.file_name.clone() }
}

/// Lifts an act: everything that it froze is free, but for what another act that stands froze too.
/// `false` where it was lifted before.
pub(crate) async fn lift(tx: &mut Tx, freeze: &Freeze, act: &Act) -> Result<bool, FreezeError> {
    if !tx.lift_freeze(&freeze.id, act.at).await? {
        return Ok(false);
    }
    let project = &freeze.scope.project;
    let others = tx.freezes_of(project).await?;
    let also =
        |one: &Frozen| others.iter().any(|other| other.lifted_at.is_none() && other.frozen.contains(one));
    for one in freeze.frozen.iter().filter(|one| !also(one)) {
        match one {
            Frozen::Quarantine { release, file_name } => {
                let scope = Scope {
                    project: project.clone(),
                    release: release.clone(),
                    file_name: file_name.clone(),
                };
                free_quarantine(tx, &scope, act, &freeze.id).await?;
            }
            Frozen::File(name) => restore(tx, freeze, name, act).await?,
            Frozen::Advisory(id) => withdraw(tx, project, id.as_str(), act).await?,
            Frozen::Account(account) => {
                set_state(tx, account, (UserState::Frozen, UserState::Active)).await?;
                let event = act.event(AuditAction::UnfreezeAccount, account, format!("act {}", freeze.id));
                tx.audit_change(&event, Change::of(Some("frozen"), None)).await?;
            }
        }
    }
    Ok(true)
}

/// Changes the state of a person; `false` where it is not the one expected, and so was not this act's to
/// change. A token has no state: whether it is frozen is told by the acts that stand.
async fn set_state(
    tx: &mut Tx,
    account: &str,
    (from, to): (UserState, UserState),
) -> Result<bool, StoreError> {
    let Some(id) = account.strip_prefix("user:").and_then(|id| id.parse().ok()) else { return Ok(true) };
    match tx.user(&id).await? {
        Some(user) if user.state == from => {
            tx.set_user(&User { state: to, ..user }).await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

async fn free_quarantine(tx: &mut Tx, scope: &Scope, act: &Act, id: &str) -> Result<(), FreezeError> {
    if tx.lift_quarantine(scope).await? {
        let entry = JournalEntry::new(act.at, JournalKind::QuarantineLifted, scope.to_string());
        tx.journal(&entry.of_project(&scope.project)).await?;
        let event = act.event(AuditAction::LiftQuarantine, scope, format!("act {id}"));
        tx.audit_change(&event, Change::of(Some("quarantined"), None)).await?;
    }
    Ok(())
}

/// Brings a file back that this act deleted, and nobody since.
async fn restore(tx: &mut Tx, freeze: &Freeze, name: &str, act: &Act) -> Result<(), FreezeError> {
    let files = tx.own_files(&freeze.scope.project).await?;
    let mine = |at: Timestamp| at.as_microsecond() == freeze.made_at.as_microsecond();
    let Some(file) = files.iter().find(|file| file.file_name == name && file.deleted_at.is_some_and(mine))
    else {
        return Ok(());
    };
    tx.set_deleted(file, None, false).await?;
    let entry = JournalEntry::new(act.at, JournalKind::FileRestored, "an appeal was granted");
    tx.journal(&entry.of_file(&own_key(&file.project, name), Some(file.sha256))).await?;
    let event = act.event(AuditAction::Restore, format!("{} {name}", file.project), "");
    tx.audit_change(&event, Change::of(Some("deleted"), Some("there"))).await?;
    Ok(())
}

async fn withdraw(tx: &mut Tx, project: &ProjectName, id: &str, act: &Act) -> Result<(), FreezeError> {
    let unreadable = || FreezeError::Record(id.to_owned());
    let parsed = id.parse().map_err(|_| unreadable())?;
    let Some(record) = tx.advisory_record(&parsed).await? else { return Ok(()) };
    let advisory = osv::withdrawn(&record, act.at).ok_or_else(unreadable)?;
    tx.set_advisory(&advisory).await?;
    let entry = JournalEntry::new(act.at, JournalKind::AdvisoryImported, format!("{id} withdrawn"));
    tx.journal(&entry.of_project(project)).await?;
    Ok(())
}

/// Acts that stand and have exactly this scope in quarantine.
pub(crate) async fn holding(tx: &mut Tx, scope: &Scope) -> Result<Vec<Freeze>, StoreError> {
    let mut freezes = tx.freezes_of(&scope.project).await?;
    let part = quarantine_of(scope);
    freezes.retain(|one| one.lifted_at.is_none() && one.frozen.contains(&part));
    Ok(freezes)
}
