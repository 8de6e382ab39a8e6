use jiff::Timestamp;

/// Where the index gets the time from, so that tests can move it.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[cfg(not(debug_assertions))]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[cfg(debug_assertions)]
    fn now(&self) -> Timestamp {
        Timestamp::now().checked_add(moved::ahead()).unwrap_or(Timestamp::MAX)
    }
}

/// Tests move the time of whole processes, in builds for development alone: `FONDACO_TEST_CLOCK` names a
/// file that says by how many seconds the clock is ahead.
#[cfg(debug_assertions)]
mod moved {
    use std::path::PathBuf;
    use std::sync::LazyLock;

    use jiff::SignedDuration;

    pub(super) fn ahead() -> SignedDuration {
        static FILE: LazyLock<Option<PathBuf>> =
            LazyLock::new(|| std::env::var_os("FONDACO_TEST_CLOCK").map(PathBuf::from));
        let text = FILE.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        let seconds = text.and_then(|text| text.trim().parse().ok());
        SignedDuration::from_secs(seconds.unwrap_or(0))
    }
}
