//! Inspects files that nobody waits for: those whose `.metadata` was passed on, and those whose
//! inspection was lost.

use std::collections::HashMap;
use std::time::Duration;

use fondaco_model::{Deed, Job, JobKind, Standing};
use tokio::sync::watch;
use tokio::task::{self, JoinSet};
use tokio::time::MissedTickBehavior;

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
/// Files at a time: most of the time they are on their way. How many are inspected at once is another limit.
const AT_A_TIME: usize = 8;
/// A file that can't be fetched is tried this often.
const MAX_TRIES: u32 = 6;

pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    // Each in a task of its own: one that has its turn to change something goes on while this waits for one.
    let mut working = JoinSet::new();
    // The jobs, by their tasks. What failed is not among them: others may take it once its time is over.
    let mut held: HashMap<task::Id, i64> = HashMap::new();
    let mut renewal = tokio::time::interval(leases::renewed_every(&app));
    renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // A place that is free is taken at once: a large file holds up none of those behind it.
        match take(&app, AT_A_TIME - working.len()).await {
            Ok(taken) => {
                for job in taken {
                    let (app, id) = (app.clone(), job.id);
                    let task = working.spawn(async move { work(&app, &job).await });
                    held.insert(task.id(), id);
                }
            }
            Err(error) => tracing::error!(%error, "the queue is not worked off"),
        }
        // A stop does not wait for a file: its job stays in the queue.
        tokio::select! {
            _ = stop.changed() => return,
            Some(ended) = working.join_next_with_id(), if !working.is_empty() => {
                let (task, outcome) = match ended {
                    Ok((task, outcome)) => (task, outcome),
                    Err(error) => (error.id(), Err(Trouble::Inside(error.to_string()))),
                };
                held.remove(&task);
                if let Err(error) = outcome {
                    tracing::error!(%error, "a file of the queue is not done with; it stays there");
                }
            }
            () = app.job_queued.notified() => {}
            // What can't be taken now is tried again then.
            () = tokio::time::sleep(TICK) => {}
            _ = renewal.tick() => {
                if let Err(error) = renew(&app, &held).await {
                    tracing::warn!(%error, "files that this server inspects can't be held for longer");
                }
            }
        }
    }
}

/// Keeps other servers from what this one works on.
async fn renew(app: &App, held: &HashMap<task::Id, i64>) -> Result<(), Trouble> {
    if held.is_empty() {
        return Ok(());
    }
    let mut tx = app.parts.store.begin().await?;
    let jobs: Vec<i64> = held.values().copied().collect();
    tx.renew_jobs(&app.server, &jobs, leases::held_until(app)).await?;
    Ok(tx.commit().await?)
}

/// Takes jobs that are due, at most so many.
async fn take(app: &App, most: usize) -> Result<Vec<Job>, Trouble> {
    if most == 0 {
        return Ok(Vec::new());
    }
    // Their tries would be used up for nothing.
    match app.permit(Deed::PullThrough).await {
        Err(Trouble::SwitchedOff(_)) => return Ok(Vec::new()),
        permitted => permitted?,
    }
    // Nobody waits for a turn to change something where there is nothing to do.
    if app.parts.store.due_jobs(app.now(), 1).await?.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = app.parts.store.begin().await?;
    let now = app.now();
    let due = tx.take_jobs(&app.server, (now, leases::held_until(app)), most as u32).await?;
    tx.commit().await?;
    Ok(due)
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
