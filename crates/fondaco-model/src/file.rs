use fondaco_pydist::{ProjectName, Sha256};
use jiff::Timestamp;

use fondaco_verdict::Decision;

use crate::{Ruling, UpstreamName};

/// What names a file on this index: files of two upstreams never mix.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileKey {
    /// Whose file it is.
    pub upstream: UpstreamName,
    /// The project in whose listing it stands.
    pub project: ProjectName,
    /// Its name.
    pub file_name: String,
}

/// What is remembered of an upstream's file from its first sight on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    /// What names it.
    pub key: FileKey,
    /// The release it belongs to: its version, or its own name where it has none.
    pub release: String,
    /// The digest that is pinned: upstream's at first sight, or computed at the first fetch.
    pub sha256: Option<Sha256>,
    /// Whether the pinned digest was upstream's word, not our own computation.
    pub verified: bool,
    /// A later, different digest that upstream gave. Both are kept; the file is refused.
    pub conflict: Option<Sha256>,
    /// Size in bytes, as far as known.
    pub size: Option<u64>,
    /// When upstream got it: its word, unless that is missing, in the future or impossible; then
    /// when it was first seen here.
    pub uploaded_at: Timestamp,
    /// When it was first seen here.
    pub first_seen: Timestamp,
    /// When its bytes were first stored here.
    pub fetched_at: Option<Timestamp>,
    /// Digest of the `.metadata` that was passed on before the file was decided.
    pub served_metadata: Option<Sha256>,
}

impl FileRecord {
    /// The file as it counts under the newest ruling on the digest that upstream changed it to:
    /// while that is allowed, it stands for the pinned one. The pin itself stays, so that the end
    /// of the ruling brings it back.
    #[must_use]
    pub fn under(self, on_conflict: Option<&Ruling>, now: Timestamp) -> Self {
        let allows = |ruling: &Ruling| {
            ruling.is_in_force(now)
                && ruling.decision == Decision::Allow
                && Some(ruling.sha256) == self.conflict
        };
        match on_conflict.filter(|ruling| allows(ruling)) {
            None => self,
            Some(ruling) => Self {
                sha256: Some(ruling.sha256),
                conflict: None,
                size: None,
                fetched_at: None,
                served_metadata: None,
                ..self
            },
        }
    }
}
