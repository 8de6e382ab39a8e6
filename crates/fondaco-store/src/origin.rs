//! From where what is done comes: told once where a request arrives, so that no audit event can
//! forget it.

use std::future::Future;

tokio::task_local! {
    static ORIGIN: String;
}

/// Does something on behalf of somebody at this address: every audit event that it writes says so. What
/// it spawns is done by the index itself, for whoever waits for it.
pub async fn on_behalf_of<F: Future>(address: String, work: F) -> F::Output {
    ORIGIN.scope(address, work).await
}

/// The address; empty for what the index does by itself.
pub(crate) fn origin() -> String {
    ORIGIN.try_with(Clone::clone).unwrap_or_default()
}
