use std::num::NonZeroUsize;
use std::sync::Arc;

use fondaco_accounts::{Hasher, HashingError, Match, Password};
use fondaco_model::Pepper;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Denied;
use crate::trouble::Trouble;

/// Hashes that wait for their turn; who comes then is told to come again. Some seconds' worth.
const WAITING: usize = 64;

/// Hashing, bounded: half of the processors at a time, so that a flood of logins costs the index no
/// more than that, and so much memory.
pub(crate) struct Hashing {
    hasher: Option<Arc<Hasher>>,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

/// A place among those whose passwords are looked at.
pub(crate) struct Place(OwnedSemaphorePermit);

impl Hashing {
    /// Hashes with the pepper of the database.
    pub(crate) fn new(pepper: Option<Pepper>) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            hasher: salt().ok().and_then(|salt| Hasher::new(pepper, salt).ok()).map(Arc::new),
            running: Arc::new(Semaphore::new((processors / 2).max(1))),
            waiting: Arc::new(Semaphore::new(WAITING)),
        }
    }

    /// A place, for who is yet to find out which hash to compare with: whoever gets none has cost the
    /// database nothing.
    pub(crate) fn place(&self) -> Result<Place, Denied> {
        self.waiting.clone().try_acquire_owned().map(Place).map_err(|_| Denied::Crowded)
    }

    /// The hash of a password.
    pub(crate) async fn hash(&self, password: &Password) -> Result<String, Denied> {
        let (password, salt) = (password.clone(), salt()?);
        self.run(self.place()?, move |hasher| hasher.hash(&password, salt)).await
    }

    /// Whether a password is the one that was hashed. Where there is no hash the same work is done.
    pub(crate) async fn is_right(
        &self,
        place: Place,
        password: &Password,
        hash: Option<String>,
    ) -> Result<Match, Denied> {
        let password = password.clone();
        self.run(place, move |hasher| hasher.is_right(&password, hash.as_deref())).await
    }

    /// Whether a hash is to be made anew.
    pub(crate) fn is_outdated(&self, hash: &str) -> bool {
        self.hasher.as_ref().is_some_and(|hasher| hasher.is_outdated(hash))
    }

    /// Other work on a password, in its turn among the hashes.
    pub(crate) async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Denied> {
        self.run(self.place()?, move |_| Ok(work())).await
    }

    async fn run<T: Send + 'static>(
        &self,
        Place(place): Place,
        work: impl FnOnce(&Hasher) -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, Denied> {
        let hasher = self
            .hasher
            .clone()
            .ok_or_else(|| Trouble::Inside("passwords can't be hashed here".to_owned()))?;
        let turn = self.running.clone().acquire_owned().await.map_err(|_| Denied::Crowded)?;
        // Whoever goes away keeps both until the work is done: it can't be broken off.
        let held: [OwnedSemaphorePermit; 2] = [place, turn];
        let done = tokio::task::spawn_blocking(move || {
            let outcome = work(&hasher);
            drop(held);
            outcome
        });
        Ok(done.await.map_err(|error| Trouble::Inside(error.to_string()))??)
    }
}

fn salt() -> Result<[u8; 16], Denied> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| Trouble::Inside(format!("no randomness: {error}")))?;
    Ok(salt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_flood_is_turned_away_and_not_queued() {
        let hashing = Hashing::new(None);
        let password = Password::typed("correct-glacier");
        let hash = hashing.hash(&password).await.unwrap_or_default();
        let place = || hashing.place().map_err(|_| "no place").unwrap();
        let right = hashing.is_right(place(), &password, Some(hash.clone())).await;
        assert!(matches!(right, Ok(Match::Right)));
        assert!(matches!(hashing.is_right(place(), &password, None).await, Ok(Match::Wrong)));
        assert!(!hashing.is_outdated(&hash));
        let places = hashing.waiting.clone().acquire_many_owned(u32::try_from(WAITING).unwrap_or(1)).await;
        assert!(matches!(hashing.place(), Err(Denied::Crowded)), "before anybody looks for the hash");
        assert!(matches!(hashing.hash(&password).await, Err(Denied::Crowded)));
        drop(places);
    }
}
