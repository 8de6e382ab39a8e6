//! What people do before they upload anything: registering and logging in.

use std::sync::atomic::Ordering;

use fondaco_breaker::{Event, EventKind, Keys};
use fondaco_model::Deed;
use fondaco_store::{StoreError, Tx};

use super::{Origin, observe, observe_alone, permit, seconds};
use crate::app::App;
use crate::trouble::Trouble;

/// Refuses a registration that a switch forbids, or whose address or mail domain is blocked.
pub(crate) async fn may_register(app: &App, origin: &Origin) -> Result<(), Trouble> {
    permit(app, Deed::Registration, true, &origin.keys()).await
}

/// Counts a registration within the transaction that makes the account.
pub(crate) async fn registered(app: &App, tx: &mut Tx, origin: &Origin) -> Result<(), StoreError> {
    let event =
        Event { at: seconds(app.now()), kind: EventKind::Registration, fresh: true, keys: origin.keys() };
    observe(app, tx, &event).await
}

/// Counts a login that failed. In memory, because a flood of them must not become one of transactions.
pub(crate) fn login_failed(app: &App) {
    app.failed_logins.fetch_add(1, Ordering::Relaxed);
}

/// Hands what was counted in memory to the breaker.
pub(crate) async fn note_failed_logins(app: &App) -> Result<(), StoreError> {
    let count = app.failed_logins.swap(0, Ordering::Relaxed);
    if count == 0 {
        return Ok(());
    }
    let kind = EventKind::LoginFailures(count);
    observe_alone(app, &Event { at: seconds(app.now()), kind, fresh: true, keys: Keys::default() }).await
}
