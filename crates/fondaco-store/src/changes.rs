use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::{Store, StoreError};

/// How often changes by other processes are looked for.
const LOOK: Duration = Duration::from_millis(50);

/// Within this time a server that watches has seen what another process has committed.
pub const SEEN_WITHIN: Duration = Duration::from_millis(150);

/// Counts changes, so that what is in memory is known to be current without asking the database.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes(Arc<AtomicU64>);

impl Changes {
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Store {
    /// A number that is another one after each change, by this process at once, by others once
    /// [`Store::watch`] has seen it. Read it before the data.
    pub fn generation(&self) -> u64 {
        self.changes.0.load(Ordering::SeqCst)
    }

    /// Looks for changes by other processes (the operator's command line, other servers), until it
    /// is dropped.
    ///
    /// # Errors
    /// When the database fails. That counts as a change: nobody knows what others do meanwhile.
    pub async fn watch(&self) -> Result<std::convert::Infallible, StoreError> {
        let Err(error) = self.look().await;
        self.changes.count();
        Err(error)
    }

    async fn look(&self) -> Result<std::convert::Infallible, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let mut last: Option<String> = None;
        loop {
            let state: String = sqlx::query_scalar(self.dialect.state()).fetch_one(&mut *connection).await?;
            // The first look counts as a change: nobody knows what was before it.
            if last.as_ref() != Some(&state) {
                self.changes.count();
            }
            last = Some(state);
            tokio::time::sleep(LOOK).await;
        }
    }
}
