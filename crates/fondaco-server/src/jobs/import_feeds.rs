//! Imports a feed of known malware and vulnerabilities when the server starts, and then at
//! intervals; of several servers on one database one does it. A feed that can't be had is tried again
//! sooner; what is here stays in force.

use std::time::Duration;

use fondaco_model::Timestamp;
use tokio::sync::watch;

use crate::app::App;
use crate::feeds::{self, Feed, FeedError, FeedPlace, FeedState, Fetched, Imported};
use crate::leases;

/// How soon a feed that could not be had is tried again, at most.
const AGAIN: Duration = Duration::from_secs(300);

pub(crate) async fn run(app: App, feed: Feed, mut stop: watch::Receiver<bool>) {
    let mut etag = None;
    loop {
        let outcome = tokio::select! {
            _ = stop.changed() => return,
            outcome = turn(&app, &feed, &mut etag) => outcome,
        };
        let pause = match outcome {
            Ok(Turn::Elsewhere(at)) => {
                app.feed_is(&feed.name, |state| state.current_at = at.or(state.current_at));
                feed.every.min(app.parts.settings.lease)
            }
            Ok(Turn::Here(imported)) => {
                if let Some(imported) = imported {
                    tell(&feed, &imported);
                }
                app.feed_is(&feed.name, |state| {
                    *state = FeedState { current_at: Some(app.now()), trouble: None };
                });
                feed.every
            }
            Err(error) => {
                tracing::error!(feed = feed.name, %error, "a feed could not be imported; what is known stays in force");
                app.feed_is(&feed.name, |state| state.trouble = Some(error.to_string()));
                feed.every.min(AGAIN)
            }
        };
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Whose turn it was.
enum Turn {
    /// This server's; what was imported, where the feed had changed.
    Here(Option<Imported>),
    /// Another's; when that has done it last.
    Elsewhere(Option<Timestamp>),
}

/// Imports the feed, unless another server does or has done so within its interval.
async fn turn(app: &App, feed: &Feed, etag: &mut Option<String>) -> Result<Turn, FeedError> {
    let work = format!("feed:{}", feed.name);
    let Some(lease) = leases::take(app, &work, feed.every).await? else {
        return Ok(Turn::Elsewhere(app.parts.store.lease_done_at(&work).await?));
    };
    match one(app, feed, etag).await {
        Ok(imported) => {
            lease.done().await?;
            Ok(Turn::Here(imported))
        }
        Err(error) => {
            lease.undone().await?;
            Err(error)
        }
    }
}

/// One import; nothing where the feed has not changed.
async fn one(app: &App, feed: &Feed, etag: &mut Option<String>) -> Result<Option<Imported>, FeedError> {
    let (store, clock) = (&app.parts.store, app.parts.clock.as_ref());
    let actor = format!("feed:{}", feed.name);
    match &feed.place {
        FeedPlace::Path(path) => {
            let subject = path.display().to_string();
            feeds::import(store, clock, path, &subject, &actor).await.map(Some)
        }
        FeedPlace::Address(url, client) => {
            let fetched = feeds::fetch(client, url, etag.as_deref(), &app.parts.scratch).await?;
            let Fetched::Content(file, new) = fetched else { return Ok(None) };
            let imported = feeds::import(store, clock, file.path(), &client.shown(), &actor).await?;
            *etag = new;
            Ok(Some(imported))
        }
    }
}

fn tell(feed: &Feed, imported: &Imported) {
    tracing::info!(feed = feed.name, "imported: {imported}");
    if let Some(first) = &imported.first_unreadable {
        tracing::warn!(
            feed = feed.name,
            unreadable = imported.unreadable,
            first,
            "records could not be read"
        );
    }
    for served in &imported.served {
        tracing::warn!(
            project = %served.project, file = served.file_name, sha256 = %served.sha256, advisory = %served.advisory,
            "known malware was served from here; `fondaco admin who-fetched` says to whom"
        );
    }
}
