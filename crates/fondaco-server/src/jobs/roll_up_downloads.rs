//! Makes counts by day of single downloads that are older than they are kept, so that what an index
//! writes down of its clients does not grow for ever.

use std::time::Duration;

use fondaco_model::Timestamp;
use fondaco_store::StoreError;
use tokio::sync::watch;

use crate::app::App;
use crate::leases;

/// The work's name among servers.
const WORK: &str = "downloads";
/// How often it is looked at whether a day has become old.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// Downloads of one transaction: others wait for it.
const BATCH: u32 = 2_000;
/// The rest between two, in which others have their turn.
const REST: Duration = Duration::from_millis(100);

pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let Some(kept) = app.parts.settings.downloads_kept else { return };
    loop {
        // A stop comes between two batches or undoes one; the next start goes on there.
        let outcome = tokio::select! {
            _ = stop.changed() => return,
            outcome = roll_up(&app, kept) => outcome,
        };
        match outcome {
            Ok(0) => {}
            Ok(many) => tracing::info!(downloads = many, "old downloads are counts by day from now on"),
            Err(error) => tracing::warn!(%error, "old downloads could not be counted together"),
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Everything that is too old, as the only server; how much that was.
async fn roll_up(app: &App, kept: Duration) -> Result<u64, StoreError> {
    let before = app.now().checked_sub(kept).unwrap_or(Timestamp::MIN);
    let Some(lease) = leases::take(app, WORK, Duration::ZERO).await? else { return Ok(0) };
    let mut all = 0;
    let outcome = loop {
        if !lease.is_held() {
            break Ok(all);
        }
        match batch(app, before).await {
            Ok(0) => break Ok(all),
            Ok(many) => all += many,
            Err(error) => break Err(error),
        }
        tokio::time::sleep(REST).await;
    };
    lease.undone().await?;
    outcome
}

async fn batch(app: &App, before: Timestamp) -> Result<u64, StoreError> {
    let mut tx = app.parts.store.begin().await?;
    let many = tx.roll_up_downloads(before, BATCH).await?;
    tx.commit().await?;
    Ok(many)
}
