//! Makes the engine that clusters campaigns once the server runs, so that the first upload does not wait
//! for it. Until then an upload makes one for itself.

use tokio::sync::watch;

use crate::app::App;

pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    tokio::select! {
        _ = stop.changed() => {}
        loaded = app.campaigns.warm(&app.parts.store) => {
            if let Err(error) = loaded {
                tracing::error!(%error, "campaigns can't be loaded; the next upload tries again");
            }
        }
    }
}
