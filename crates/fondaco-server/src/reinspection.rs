//! What an operator decides of a run of inspections by a newer engine, and whom it concerns.

use std::collections::BTreeMap;

use fondaco_model::{AuditAction, Reinspection, ReinspectionState, Shadow, ShadowCounts, Turn, rfc3339};
use fondaco_store::{Store, StoreError};
use fondaco_wire::journal_v1::Fetched;
use fondaco_wire::reinspection_v1::{self, Turned};

use crate::names::Act;

/// Files that are told of as turning worse, or better.
const TOLD: u32 = 1_000;
/// Downloads that are looked through for one content.
const DOWNLOADS: u32 = 100_000;
/// Clients that are named for one file.
const CLIENTS: usize = 100;

/// Why a run can't be applied.
#[derive(Debug, thiserror::Error)]
pub enum ReinspectionError {
    /// Somebody has to say why.
    #[error("this needs a reason")]
    NoReason,
    /// There is nothing to decide.
    #[error("no inspections by a newer engine wait to be applied")]
    Nothing,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets what a newer engine found count, whatever it turns worse; a running server applies it.
///
/// # Errors
/// See [`ReinspectionError`]; nothing has changed then.
pub async fn approve(store: &Store, act: &Act) -> Result<Reinspection, ReinspectionError> {
    if act.reason.trim().is_empty() {
        return Err(ReinspectionError::NoReason);
    }
    let run = store.last_reinspection().await?.ok_or(ReinspectionError::Nothing)?;
    let counts = store.shadow_counts(&run.engine).await?;
    let mut tx = store.begin().await?;
    let from = [ReinspectionState::Running, ReinspectionState::Braked];
    let order = (ReinspectionState::Approved, Some(act.by.as_str()), act.reason.as_str());
    if !tx.set_reinspection_state(&run.engine, &from, order).await? {
        return Err(ReinspectionError::Nothing);
    }
    let detail = in_words(counts);
    tx.audit(&act.event(AuditAction::ApplyReinspection, &run.engine, detail)).await?;
    tx.commit().await?;
    Ok(Reinspection { state: ReinspectionState::Approved, approved_by: Some(act.by.clone()), ..run })
}

/// Counts for a log.
pub(crate) fn in_words(counts: ShadowCounts) -> String {
    let ShadowCounts { worse, better, lost, .. } = counts;
    format!("{} inspected, {worse} turn worse, {better} turn better, {lost} lost", counts.inspected())
}

/// The newest run, with the files that change and who was served those that turn worse.
///
/// # Errors
/// When the database fails.
pub async fn told(store: &Store) -> Result<Option<reinspection_v1::Reinspection>, StoreError> {
    let Some(run) = store.last_reinspection().await? else { return Ok(None) };
    let counts = store.shadow_counts(&run.engine).await?;
    let (mut worse, mut better) = (Vec::new(), Vec::new());
    for shadow in store.shadows(&run.engine, Turn::Worse, TOLD).await? {
        let fetched = fetched(store, &shadow).await?;
        worse.push(turned(&shadow, fetched));
    }
    for shadow in store.shadows(&run.engine, Turn::Better, TOLD).await? {
        better.push(turned(&shadow, Vec::new()));
    }
    Ok(Some(reinspection_v1::Reinspection {
        schema: reinspection_v1::SCHEMA,
        engine: run.engine,
        state: run.state.id(),
        started_at: rfc3339(run.started_at),
        finished_at: run.finished_at.map(rfc3339),
        total: run.total,
        looked_at: run.looked_at,
        inspected: counts.inspected(),
        worse: counts.worse,
        better: counts.better,
        lost: counts.lost,
        approved_by: run.approved_by,
        reason: run.reason,
        turns_worse: worse,
        turns_better: better,
    }))
}

fn turned(shadow: &Shadow, fetched: Vec<Fetched>) -> Turned {
    let Shadow { key, was, becomes, evidence, .. } = shadow;
    Turned {
        layer: key.upstream.to_string(),
        project: key.project.to_string(),
        file_name: key.file_name.clone(),
        sha256: evidence.sha256.to_string(),
        was: was.id(),
        becomes: becomes.id(),
        verdict: evidence.verdict.id(),
        titles: evidence.titles.clone(),
        fetched,
    }
}

/// Who was served a file, who was served it last first.
///
/// # Errors
/// When the database fails.
pub(crate) async fn fetched(store: &Store, shadow: &Shadow) -> Result<Vec<Fetched>, StoreError> {
    let mut clients: BTreeMap<(String, String), Fetched> = BTreeMap::new();
    // Oldest first.
    for download in store.downloads(Some(shadow.evidence.sha256), DOWNLOADS).await? {
        let at = rfc3339(download.at);
        let of = (download.client.clone(), download.user_agent.clone());
        let known = clients.entry(of).or_insert_with(|| Fetched {
            client: download.client,
            user_agent: download.user_agent,
            file_name: download.file_name,
            sha256: download.sha256.to_string(),
            times: 0,
            first: at.clone(),
            last: String::new(),
        });
        known.times += 1;
        known.last = at;
    }
    let mut fetched: Vec<Fetched> = clients.into_values().collect();
    fetched.sort_by(|a, b| b.last.cmp(&a.last));
    fetched.truncate(CLIENTS);
    Ok(fetched)
}
