//! Tells the breaker how many logins failed lately.

use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;
use crate::breaker::note_failed_logins;

/// How often.
const EVERY: Duration = Duration::from_secs(10);

pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = note_failed_logins(&app).await {
            tracing::error!(%error, "failed logins could not be noted");
        }
    }
}
