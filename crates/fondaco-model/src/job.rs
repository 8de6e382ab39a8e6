use jiff::Timestamp;

use crate::FileKey;

/// What there is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobKind {
    /// Fetch (where needed), inspect and decide a file.
    Inspect(FileKey),
}

/// One entry of the durable queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its number.
    pub id: i64,
    /// What there is to do.
    pub kind: JobKind,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before this.
    pub run_at: Timestamp,
}
