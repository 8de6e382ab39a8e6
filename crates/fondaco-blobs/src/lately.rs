use std::collections::HashMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use fondaco_pydist::Sha256;

/// For so long what was found right is believed, as long as nobody writes to it.
const BELIEVED: Duration = Duration::from_secs(60);
/// A file that was changed less than this before it is opened could be changed again without its times
/// showing it, because they go by ticks.
const SETTLED: Duration = Duration::from_secs(2);
/// Files that are remembered.
const MOST: usize = 10_000;

/// A file as it lies there. Whoever writes to it changes at least the time of its last change, which no
/// program can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl State {
    /// The state of an open file; `None` where it was changed just now.
    pub(crate) fn of(file: &Metadata) -> Option<Self> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
        let changed = Duration::from_secs(u64::try_from(file.ctime()).ok()?);
        (now.checked_sub(changed)? >= SETTLED).then(|| Self {
            device: file.dev(),
            inode: file.ino(),
            size: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        })
    }
}

/// The files whose digests were found right lately: a file that many fetch is hashed once a minute and not
/// once a reader, which is the largest part of what sending it costs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lately(Arc<Mutex<HashMap<Sha256, (State, Instant)>>>);

impl Lately {
    /// Whether the file of this digest was found right when it was as it is now.
    pub(crate) fn knows(&self, digest: Sha256, state: &State) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&digest).is_some_and(|(then, at)| then == state && at.elapsed() < BELIEVED)
    }

    /// Notes that the file of this digest is right, and was in this state before all of it was read.
    pub(crate) fn note(&self, digest: Sha256, state: State) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, (_, at)| at.elapsed() < BELIEVED);
        }
        if known.len() < MOST {
            known.insert(digest, (state, Instant::now()));
        }
    }
}
