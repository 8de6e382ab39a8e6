//! One piece of work at a time for each key, however many ask for it.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

/// The outcome of a flight, for as many as wait for it.
pub(crate) type Flight<V> = Shared<BoxFuture<'static, Option<V>>>;

/// Work that is under way. It goes on when nobody waits for it any more.
#[derive(Clone)]
pub(crate) struct Flights<K, V> {
    under_way: Arc<Mutex<HashMap<K, Flight<V>>>>,
}

impl<K, V> Default for Flights<K, V> {
    fn default() -> Self {
        Self { under_way: Arc::default() }
    }
}

impl<K, V> Flights<K, V>
where
    K: Eq + Hash + Clone + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Joins the flight for `key`, or starts it with `work`. The outcome is `None` only if the
    /// work panicked.
    pub(crate) fn join<F>(&self, key: K, work: impl FnOnce() -> F) -> Flight<V>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = under_way.get(&key) {
            return flight.clone();
        }
        let (flights, own) = (self.clone(), key.clone());
        let work = work();
        let task = tokio::spawn(async move {
            // Made here, so that a runtime that shuts down and drops the task at once, inside this
            // call, does not come for the lock that is held around it.
            let _landing = Landing { flights, key: own };
            work.await
        });
        let flight = async move { task.await.ok() }.boxed().shared();
        under_way.insert(key, flight.clone());
        flight
    }
}

/// Takes a flight off the list when its work is over, also by panic.
struct Landing<K: Eq + Hash, V> {
    flights: Flights<K, V>,
    key: K,
}

impl<K: Eq + Hash, V> Drop for Landing<K, V> {
    fn drop(&mut self) {
        self.flights.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn many_ask_and_one_works() {
        let flights: Flights<u8, usize> = Flights::default();
        let count = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let count = count.clone();
            flights.join(1, || async move {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                count.fetch_add(1, Ordering::SeqCst)
            })
        };
        let (a, b) = (ask(), ask());
        assert_eq!((a.await, b.await), (Some(0), Some(0)));
        assert_eq!(ask().await, Some(1), "a later one is a new flight");
    }

    #[tokio::test]
    async fn a_panic_lands_too() {
        let flights: Flights<u8, usize> = Flights::default();
        assert_eq!(flights.join(1, || async { panic!("test") }).await, None);
        assert_eq!(flights.join(1, || async { 7 }).await, Some(7));
    }
}
