use crate::KeyKind;

/// Longest key that is remembered, in bytes; the rest is cut off.
const MAX_KEY: usize = 80;

/// What became of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is served.
    Clean,
    /// It is held: suspicious, or not analysed in full.
    Suspicious,
    /// It was blocked, or is held as a member of a campaign.
    Malicious,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// An account was made.
    Registration,
    /// A file was uploaded, whatever became of it.
    Upload {
        /// Whether it makes a project.
        new_project: bool,
        /// Whether the project's name can be mistaken for a known one.
        lookalike: bool,
        /// What became of it.
        outcome: Outcome,
    },
    /// Somebody met a measure of the breaker.
    Prevented,
    /// So many logins failed since the last event of this kind.
    LoginFailures(u32),
}

/// What an event has in common with others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    pub(crate) all: Vec<(KeyKind, String)>,
}

impl Keys {
    /// Adds a key; an empty one is none.
    #[must_use]
    pub fn with(mut self, kind: KeyKind, key: &str) -> Self {
        let mut end = key.len().min(MAX_KEY);
        while !key.is_char_boundary(end) {
            end -= 1;
        }
        if end > 0 && !self.all.iter().any(|(known, _)| *known == kind) {
            self.all.push((kind, key[..end].to_owned()));
        }
        self
    }

    /// The keys, each kind at most once.
    pub fn iter(&self) -> impl Iterator<Item = (KeyKind, &str)> {
        self.all.iter().map(|(kind, key)| (*kind, key.as_str()))
    }
}

/// Something that happened at an instant, in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When. What comes late counts as of the newest event.
    pub at: i64,
    /// What.
    pub kind: EventKind,
    /// Whether the account is new here.
    pub fresh: bool,
    /// What it has in common with others.
    pub keys: Keys,
}
