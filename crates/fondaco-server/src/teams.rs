//! Teams: which tokens belong to them. A team is there as soon as a token belongs to it.

use fondaco_model::{AuditAction, Change, TeamName};
use fondaco_store::{Store, StoreError};

use crate::names::Act;

/// Why a token can't join or leave a team.
#[derive(Debug, thiserror::Error)]
pub enum TeamError {
    /// There is no such token.
    #[error("there is no token {0}")]
    UnknownToken(String),
    /// It is in the team already.
    #[error("token {1} is in the team {0} already")]
    Member(TeamName, String),
    /// It is not in the team.
    #[error("token {1} is not in the team {0}")]
    NoMember(TeamName, String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts a token, by its id, into a team.
///
/// # Errors
/// See [`TeamError`]; nothing has changed then.
pub async fn join(store: &Store, team: &TeamName, token: &str, act: &Act) -> Result<(), TeamError> {
    let shown = fondaco_verdict::printable(token);
    if !store.tokens().await?.iter().any(|known| known.id == token) {
        return Err(TeamError::UnknownToken(shown));
    }
    let mut tx = store.begin().await?;
    if !tx.join_team(team, token).await? {
        return Err(TeamError::Member(team.clone(), shown));
    }
    let who = format!("token {token}");
    let change = Change::of(None, Some(&who));
    tx.audit_change(&act.event(AuditAction::JoinTeam, team, who), change).await?;
    Ok(tx.commit().await?)
}

/// Takes a token out of a team.
///
/// # Errors
/// See [`TeamError`]; nothing has changed then.
pub async fn leave(store: &Store, team: &TeamName, token: &str, act: &Act) -> Result<(), TeamError> {
    let mut tx = store.begin().await?;
    if !tx.leave_team(team, token).await? {
        return Err(TeamError::NoMember(team.clone(), fondaco_verdict::printable(token)));
    }
    let who = format!("token {token}");
    let change = Change::of(Some(&who), None);
    tx.audit_change(&act.event(AuditAction::LeaveTeam, team, who), change).await?;
    Ok(tx.commit().await?)
}
