//! Work that one of several servers on one database does at a time: it is taken for a while, and held
//! for as long as it takes. What a server that crashed has held is taken over once that while is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fondaco_model::Timestamp;
use fondaco_store::StoreError;
use tokio::task::JoinHandle;

use crate::app::App;

/// A work that this server does now. It is given back by [`Lease::done`] or [`Lease::undone`]; one that is
/// dropped counts until its while is over.
pub(crate) struct Lease {
    app: App,
    name: String,
    held: Arc<AtomicBool>,
    renewal: JoinHandle<()>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

/// Takes a work; `None` where another server has it, or has done it within the last `rests`.
pub(crate) async fn take(app: &App, name: &str, rests: Duration) -> Result<Option<Lease>, StoreError> {
    let now = app.now();
    let not_done_since = now.checked_sub(rests).unwrap_or(Timestamp::MIN);
    let mut tx = app.parts.store.begin().await?;
    let taken = tx.take_lease(name, &app.server, (now, held_until(app)), not_done_since).await?;
    tx.commit().await?;
    if !taken {
        return Ok(None);
    }
    let held = Arc::new(AtomicBool::new(true));
    let renewal = tokio::spawn(renew(app.clone(), name.to_owned(), held.clone()));
    Ok(Some(Lease { app: app.clone(), name: name.to_owned(), held, renewal }))
}

/// Until when what is taken now is held.
pub(crate) fn held_until(app: &App) -> Timestamp {
    app.now().checked_add(app.parts.settings.lease).unwrap_or(Timestamp::MAX)
}

/// How often what is held is held for longer.
pub(crate) fn renewed_every(app: &App) -> Duration {
    app.parts.settings.lease / 3
}

async fn renew(app: App, name: String, held: Arc<AtomicBool>) {
    let mut good_until = held_until(&app);
    loop {
        tokio::time::sleep(renewed_every(&app)).await;
        match once_more(&app, &name).await {
            Ok(true) => good_until = held_until(&app),
            Ok(false) => break,
            Err(error) => {
                tracing::warn!(%error, work = name, "what this server does can't be held for longer");
                if app.now() >= good_until {
                    break;
                }
            }
        }
    }
    held.store(false, Ordering::SeqCst);
}

async fn once_more(app: &App, name: &str) -> Result<bool, StoreError> {
    let mut tx = app.parts.store.begin().await?;
    let renewed = tx.renew_lease(name, &app.server, held_until(app)).await?;
    tx.commit().await?;
    Ok(renewed)
}

impl Lease {
    /// Whether no other server can have it.
    pub(crate) fn is_held(&self) -> bool {
        self.held.load(Ordering::SeqCst)
    }

    /// The work is done.
    pub(crate) async fn done(self) -> Result<(), StoreError> {
        let now = self.app.now();
        self.give_back(Some(now)).await
    }

    /// The work is not done, and another server may try.
    pub(crate) async fn undone(self) -> Result<(), StoreError> {
        self.give_back(None).await
    }

    async fn give_back(self, done_at: Option<Timestamp>) -> Result<(), StoreError> {
        self.renewal.abort();
        let mut tx = self.app.parts.store.begin().await?;
        tx.give_lease_back(&self.name, &self.app.server, done_at).await?;
        tx.commit().await
    }
}
