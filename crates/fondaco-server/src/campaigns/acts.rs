//! What an analyst decides about campaigns. Each act is the rows, their journal entries and an audit
//! event in one transaction; a running server sees it by the epoch.

use std::collections::BTreeSet;

use fondaco_campaign::{CampaignId, Event, MemberId, Refused, State};
use fondaco_clustering::{load, record};
use fondaco_model::{AuditAction, Change, JournalKind};
use fondaco_pydist::ProjectName;
use fondaco_store::{Store, StoreError};

use crate::names::Act;

/// Why an act on campaigns can't be done.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// A reason is needed: it is what the next person reads.
    #[error("this needs a reason")]
    NoReason,
    /// The engine refuses.
    #[error("{0}\nhint: `fondaco campaign list` shows them")]
    Refused(Refused),
    /// A project has no file in the campaign.
    #[error("{0} has no file in that campaign")]
    NotThere(ProjectName),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn reasoned(act: &Act) -> Result<(), CampaignError> {
    if act.reason.trim().is_empty() { Err(CampaignError::NoReason) } else { Ok(()) }
}

/// Makes two campaigns one, and keeps them so.
///
/// # Errors
/// See [`CampaignError`]; nothing has changed then.
pub async fn merge(
    store: &Store,
    campaign: CampaignId,
    from: CampaignId,
    act: &Act,
) -> Result<(), CampaignError> {
    reasoned(act)?;
    let mut tx = store.begin().await?;
    let mut engine = load(store).await?;
    let event = engine.merge(campaign, from).map_err(CampaignError::Refused)?;
    record::write(&mut tx, &engine, &[event], act.at).await?;
    record::pin(&mut tx, campaign).await?;
    tx.audit(&act.event(AuditAction::MergeCampaigns, campaign, from.to_string())).await?;
    tx.count_campaigns_epoch().await?;
    Ok(tx.commit().await?)
}

/// Makes the files of some projects a campaign of their own, and keeps it apart; its id is given.
///
/// # Errors
/// See [`CampaignError`]; nothing has changed then.
pub async fn split(
    store: &Store,
    campaign: CampaignId,
    projects: &BTreeSet<ProjectName>,
    act: &Act,
) -> Result<CampaignId, CampaignError> {
    reasoned(act)?;
    let mut tx = store.begin().await?;
    let mut engine = load(store).await?;
    let members = tx.members_of(campaign).await?;
    if let Some(absent) = projects.iter().find(|project| members.iter().all(|one| one.project != **project)) {
        return Err(CampaignError::NotThere(absent.clone()));
    }
    let part: Vec<MemberId> =
        members.iter().filter(|one| projects.contains(&one.project)).map(|one| one.member).collect();
    let event = engine.split(campaign, &part).map_err(CampaignError::Refused)?;
    let Event::Split { into, .. } = event else {
        return Err(CampaignError::Refused(Refused::Nothing));
    };
    record::write(&mut tx, &engine, &[event], act.at).await?;
    record::pin(&mut tx, campaign).await?;
    record::pin(&mut tx, into).await?;
    tx.keep_campaigns_apart(campaign, into).await?;
    tx.audit(&act.event(AuditAction::SplitCampaign, campaign, into.to_string())).await?;
    tx.count_campaigns_epoch().await?;
    tx.commit().await?;
    Ok(into)
}

/// Closes, dismisses or opens a campaign.
///
/// # Errors
/// See [`CampaignError`]; nothing has changed then.
pub async fn set_state(
    store: &Store,
    campaign: CampaignId,
    state: State,
    act: &Act,
) -> Result<(), CampaignError> {
    reasoned(act)?;
    let mut tx = store.begin().await?;
    let mut engine = load(store).await?;
    let before = engine.campaign(campaign).map(|campaign| campaign.state.id());
    engine.set_state(campaign, state).map_err(CampaignError::Refused)?;
    record::keep(&mut tx, &engine, campaign, act.at).await?;
    let kind = if state == State::Open { JournalKind::CampaignReopened } else { JournalKind::CampaignClosed };
    record::touch(&mut tx, campaign, (kind, act.at)).await?;
    let change = Change::of(before, Some(state.id()));
    tx.audit_change(&act.event(AuditAction::SetCampaign, campaign, state.id()), change).await?;
    tx.count_campaigns_epoch().await?;
    Ok(tx.commit().await?)
}
