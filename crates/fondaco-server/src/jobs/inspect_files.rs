//! Inspects files that nobody waits for: those whose `.metadata` was passed on, and those whose
//! inspection was lost.

use std::convert::Infallible;
use std::time::Duration;

use fondaco_model::{Deed, Job, JobKind, Standing};
use futures_util::future::join_all;
use tokio::sync::watch;

use crate::app::App;
use crate::gate::{MAX_ATTEMPTS, admit, backoff};
use crate::leases;
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::view::view;

/// How often the queue is looked at without being told to.
const TICK: Duration = Duration::from_secs(5);
/// How long one file is waited for; after that it goes on by itself and is looked at again.
const PATIENCE: Duration = Duration::from_secs(60);
/// Files at a time.
const AT_A_TIME: usize = 4;
/// A file that can't be fetched is tried this often.
const MAX_TRIES: u32 = 6;

pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            () = app.job_queued.notified() => {}
            () = tokio::time::sleep(TICK) => {}
        }
        loop {
            // A stop does not wait for a file: its job stays in the queue.
            let round = tokio::select! {
                _ = stop.changed() => return,
                round = one_round(&app) => round,
            };
            match round {
                Ok(0) => break,
                Ok(_) => {}
                // What failed is still due: it is tried again with the next tick, not at once.
                Err(error) => {
                    tracing::error!(%error, "the queue is not worked off");
                    break;
                }
            }
        }
    }
}

/// Works some due jobs off; how many there were.
async fn one_round(app: &App) -> Result<usize, Trouble> {
    // Their tries would be used up for nothing.
    match app.permit(Deed::PullThrough).await {
        Err(Trouble::SwitchedOff(_)) => return Ok(0),
        permitted => permitted?,
    }
    // Nobody waits for a turn to change something where there is nothing to do.
    if app.parts.store.due_jobs(app.now(), 1).await?.is_empty() {
        return Ok(0);
    }
    let mut tx = app.parts.store.begin().await?;
    let now = app.now();
    let due = tx.take_jobs(&app.server, (now, leases::held_until(app)), AT_A_TIME as u32).await?;
    tx.commit().await?;
    let outcomes = tokio::select! {
        outcomes = join_all(due.iter().map(|job| work(app, job))) => outcomes,
        never = hold(app) => match never {},
    };
    outcomes.into_iter().collect::<Result<Vec<()>, Trouble>>().map(|done| done.len())
}

/// Keeps other servers from what this one works on.
async fn hold(app: &App) -> Infallible {
    loop {
        tokio::time::sleep(leases::renewed_every(app)).await;
        let renewed = async {
            let mut tx = app.parts.store.begin().await?;
            tx.renew_jobs(&app.server, leases::held_until(app)).await?;
            tx.commit().await
        };
        if let Err(error) = renewed.await {
            tracing::warn!(%error, "files that this server inspects can't be held for longer");
        }
    }
}

async fn work(app: &App, job: &Job) -> Result<(), Trouble> {
    let JobKind::Inspect(key) = &job.kind;
    let view = view(app, &Reader::Index, &key.project).await;
    let undecided = match &view {
        Ok(Some(view)) => view.file(&key.file_name).is_some_and(|file| file.standing == Standing::Undecided),
        Ok(None) => false,
        Err(_) => true,
    };
    let lost_before = was_lost(app, job).await?;
    let outcome = if undecided || lost_before { admit(app, key, PATIENCE).await } else { Ok(None) };
    let lost = was_lost(app, job).await?;
    let mut tx = app.parts.store.begin().await?;
    match outcome {
        Ok(None) if !lost || job.attempts + 1 >= MAX_ATTEMPTS => tx.finish_job(job.id).await?,
        Err(error) if job.attempts + 1 >= MAX_TRIES => {
            tracing::error!(%error, project = %key.project, file = key.file_name, "given up; the next request tries again");
            tx.finish_job(job.id).await?;
        }
        _ => tx.retry_job(job.id, backoff(app.now(), job.attempts)).await?,
    }
    Ok(tx.commit().await?)
}

async fn was_lost(app: &App, job: &Job) -> Result<bool, Trouble> {
    let JobKind::Inspect(key) = &job.kind;
    let Some(digest) = app.parts.store.file(key).await?.and_then(|file| file.sha256) else {
        return Ok(false);
    };
    Ok(app.parts.store.evidence_of(key, digest).await?.is_some_and(|evidence| evidence.lost))
}
