use fondaco_model::Timestamp;

use crate::item::Item;

/// What one reading of a feed gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// What it announces, oldest first.
    pub(crate) announced: Vec<Announced>,
    /// Up to where it was read; kept for the next reading.
    pub(crate) cursor: String,
    /// Whether there is more to read at once.
    pub(crate) more: bool,
    /// Entries that make no sense.
    pub(crate) senseless: u64,
    /// Where the feed has less than it had: how far it says that it goes.
    pub(crate) jumped_back: Option<u64>,
    /// Whether nothing of what was there the last time is there now, although something is.
    pub(crate) gap: bool,
}

/// One thing that a feed announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announced {
    pub(crate) item: Item,
    /// When it was published, where the feed says so.
    pub(crate) at: Option<Timestamp>,
}

/// Why a feed gave nothing that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a feed that is understood: {0}")]
pub(crate) struct Unreadable(pub(crate) String);
