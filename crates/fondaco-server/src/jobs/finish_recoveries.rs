//! Looks each minute whether the waiting time of a reset of lost factors is over.

use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;
use crate::factors;

const EVERY: Duration = Duration::from_secs(60);

pub(crate) async fn run(app: App, mut stopping: watch::Receiver<bool>) {
    loop {
        if let Err(error) = factors::finish_due(&app).await {
            tracing::warn!(%error, "resets of factors could not be looked at");
        }
        tokio::select! {
            _ = stopping.changed() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
