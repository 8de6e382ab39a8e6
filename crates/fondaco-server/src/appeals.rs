//! Owners say that something was frozen wrongly; a reviewer decides. What is granted frees everything
//! that the act had frozen.

use fondaco_model::{Appeal, AppealDecided, AuditAction, Change, Frozen, Notice, NoticeKind, Observer};
use fondaco_pydist::ProjectName;
use fondaco_store::{Store, StoreError};

use crate::freezes::{self, FreezeError};
use crate::names::Act;
use crate::tokens::random;

/// Bytes of what an owner says.
const TEXT: std::ops::RangeInclusive<usize> = 10..=4000;

/// Why an appeal can't be taken or decided.
#[derive(Debug, thiserror::Error)]
pub enum AppealError {
    /// Nobody could decide it.
    #[error("a text of {} to {} bytes is needed", TEXT.start(), TEXT.end())]
    NoText,
    /// There is nothing to be freed.
    #[error("nothing of {0} is frozen")]
    NothingFrozen(ProjectName),
    /// One at a time.
    #[error("an appeal against this act is open already")]
    AlreadyOpen,
    /// It is not there, or decided.
    #[error("there is no open appeal {0}")]
    NotOpen(String),
    /// It is read by the owner and the next reviewer.
    #[error("this needs a reason")]
    NoReason,
    /// Freeing.
    #[error(transparent)]
    Freeze(#[from] FreezeError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes an appeal against an act; the newest one where none is named.
///
/// # Errors
/// See [`AppealError`]; nothing has changed then.
pub(crate) async fn appeal(
    store: &Store,
    (project, freeze): (&ProjectName, Option<&str>),
    by: Observer,
    act: &Act,
) -> Result<Appeal, AppealError> {
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    if !TEXT.contains(&act.reason.trim().len()) || !act.reason.chars().all(plain) {
        return Err(AppealError::NoText);
    }
    let mut tx = store.begin().await?;
    let freezes = tx.freezes_of(project).await?;
    let meant =
        |one: &&fondaco_model::Freeze| one.lifted_at.is_none() && freeze.is_none_or(|id| one.id == id);
    let against = freezes.iter().find(meant).ok_or_else(|| AppealError::NothingFrozen(project.clone()))?;
    if store.appeals(Some(project), true).await?.iter().any(|one| one.freeze == against.id) {
        return Err(AppealError::AlreadyOpen);
    }
    let appeal = Appeal {
        id: random::<8>().map_err(FreezeError::Randomness)?,
        project: project.clone(),
        freeze: against.id.clone(),
        text: act.reason.trim().to_owned(),
        made_by: by,
        made_at: act.at,
        decision: None,
    };
    tx.add_appeal(&appeal).await?;
    let detail = format!("appeal {} against act {}", appeal.id, against.id);
    let told = format!("{} has appealed: {detail}", appeal.made_by.name);
    tx.audit(&act.event(AuditAction::Appeal, project, detail)).await?;
    tx.add_notice(&Notice::new(NoticeKind::Reported, project.as_str(), told, act.at)).await?;
    tx.commit().await?;
    Ok(appeal)
}

/// Decides an appeal. A granted one frees what the act had frozen, and nothing else.
///
/// # Errors
/// See [`AppealError`]; nothing has changed then.
pub async fn decide(
    store: &Store,
    id: &str,
    granted: bool,
    act: &Act,
) -> Result<(Appeal, Vec<Frozen>), AppealError> {
    if act.reason.trim().is_empty() || act.reason.len() > 2000 {
        return Err(AppealError::NoReason);
    }
    let not_open = || AppealError::NotOpen(fondaco_verdict::printable(id));
    let mut appeal = store.appeal(id).await?.ok_or_else(not_open)?;
    let decided = AppealDecided { granted, note: act.reason.clone(), by: act.by.clone(), at: act.at };
    let mut tx = store.begin().await?;
    if !tx.decide_appeal(id, &decided).await? {
        return Err(not_open());
    }
    let change = Change {
        before: Some("open".into()),
        after: Some(if granted { "granted" } else { "refused" }.into()),
    };
    let detail = format!("appeal {id} against act {}", appeal.freeze);
    tx.audit_change(&act.event(AuditAction::DecideAppeal, &appeal.project, detail), change).await?;
    let mut freed = Vec::new();
    let freezes = tx.freezes_of(&appeal.project).await?;
    if let Some(freeze) = freezes.into_iter().find(|one| granted && one.id == appeal.freeze)
        && freezes::lift(&mut tx, &freeze, act).await?
    {
        freed = freeze.frozen;
    }
    tx.commit().await?;
    appeal.decision = Some(decided);
    Ok((appeal, freed))
}
