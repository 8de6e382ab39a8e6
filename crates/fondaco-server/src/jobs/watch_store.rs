//! Notices what other processes change: the operator's command line.

use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;

pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            watched = app.parts.store.watch() => {
                let Err(error) = watched;
                tracing::error!(%error, "changes by other processes can't be seen; looking again in a second");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}
