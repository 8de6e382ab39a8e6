use fondaco_pydist::Sha256;
use jiff::Timestamp;

use crate::FileKey;

/// Where a file came from, by attestations that were verified (PEP 740). It says who published, not
/// that the content is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProvenance {
    /// The file.
    pub key: FileKey,
    /// The content that the attestations are about.
    pub sha256: Sha256,
    /// Who published: a publisher object as JSON.
    pub publisher: String,
    /// The provenance object as JSON.
    pub body: String,
    /// When it was verified.
    pub verified_at: Timestamp,
}
