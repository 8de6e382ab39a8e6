//! Follows a feed of releases, inspects what is new in sandboxed workers, and tells what it finds.
//!
//! One loop does everything, one request at a time: it polls the feed, queues what is new in the
//! database together with how far it has read, and inspects what waits, oldest first. Whatever becomes
//! of one release (evidence, campaigns, counts, alerts, that it is done) is one transaction, so a
//! watcher that was stopped or killed goes on where it was, and nothing is counted twice.
//!
//! Everything that a feed says is somebody's claim: names and versions are parsed, instants in the
//! future count as now, sizes and numbers of entries are bounded, and what is not so is told.

mod alarm;
mod fetch;
mod folder;
mod item;
mod jsonl;
mod kept;
mod ledger;
mod news;
mod options;
mod pace;
mod poll;
mod read;
mod release;
mod retention;
mod source;
mod statistics;
mod watcher;
mod waves;

pub use item::{InvalidItem, Item};
pub use jsonl::{Jsonl, line};
pub use kept::Kept;
pub use ledger::{Inspected, Ledger, Outcome, Subject};
pub use options::Options;
pub use retention::thin;
pub use source::{Source, SourceError};
pub use statistics::{Day, day_of, days};
pub use watcher::{Parts, Step, Watcher};

/// Why watching can't go on. What a feed does is none of these: it is told, and tried again.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The database.
    #[error(transparent)]
    Store(#[from] fondaco_store::StoreError),
    /// A file of the data folder.
    #[error("{0}: {1}")]
    Io(std::path::PathBuf, std::io::Error),
    /// A report can't be written down.
    #[error("a report can't be written down: {0}")]
    Json(#[from] serde_json::Error),
    /// A task of our own died.
    #[error("a task died: {0}")]
    Task(String),
}
