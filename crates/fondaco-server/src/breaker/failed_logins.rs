//! Logins that fail.

use std::sync::atomic::Ordering;

use fondaco_breaker::{Event, EventKind, Keys};
use fondaco_store::StoreError;

use super::{observe_alone, seconds};
use crate::app::App;

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
