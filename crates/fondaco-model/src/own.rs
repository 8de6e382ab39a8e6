use fondaco_pydist::{FileType, ProjectName, ProjectStatus, Sha256, Version};
use jiff::Timestamp;

use crate::Quarantine;

/// A project of our own. Its name is never asked of an upstream, also when all its files are
/// deleted, until an operator lifts that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnProject {
    /// Its name.
    pub project: ProjectName,
    /// Its name, as its last upload wrote it.
    pub display_name: String,
    /// Who made it: `token:ID NAME`.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Active, archived or deprecated (PEP 792); quarantines are apart.
    pub status: ProjectStatus,
    /// Why that status, empty for active.
    pub status_reason: String,
    /// When an operator gave the name back to the upstreams.
    pub lifted_at: Option<Timestamp>,
}

/// A release of our own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRelease {
    /// The version without trailing zeros, by which equal ones are told.
    pub release: String,
    /// The version as first uploaded.
    pub version: Version,
    /// When its first file came.
    pub made_at: Timestamp,
    /// Yanked, with the reason (empty where none was given).
    pub yanked: Option<String>,
}

/// A file of our own, also after its deletion: its name is never used again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFile {
    /// The project.
    pub project: ProjectName,
    /// Its name.
    pub file_name: String,
    /// The release it belongs to.
    pub release: String,
    /// Its version.
    pub version: Version,
    /// Sdist or wheel.
    pub kind: FileType,
    /// SHA-256.
    pub sha256: Sha256,
    /// MD5, hex.
    pub md5: String,
    /// BLAKE2b-256, hex.
    pub blake2_256: String,
    /// Size in bytes.
    pub size: u64,
    /// `Requires-Python`, as written in the file.
    pub requires_python: Option<String>,
    /// Digest of the `METADATA` or `PKG-INFO` in it, which is stored.
    pub metadata: Sha256,
    /// The upload that brought it.
    pub upload: String,
    /// Who uploaded it: `token:ID NAME`.
    pub uploaded_by: String,
    /// When.
    pub uploaded_at: Timestamp,
    /// Yanked by itself, with the reason.
    pub yanked: Option<String>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// Whether an owner has deleted it, and not an operator.
    pub deleted_by_owner: bool,
}

/// One upload that was valid, taken or blocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its id: random, and known to who uploaded.
    pub id: String,
    /// The project.
    pub project: ProjectName,
    /// The file's name.
    pub file_name: String,
    /// The version.
    pub version: Version,
    /// The content.
    pub sha256: Sha256,
    /// Whether it became a file; a blocked one did not.
    pub taken: bool,
    /// Who: `token:ID NAME`.
    pub uploaded_by: String,
    /// When.
    pub uploaded_at: Timestamp,
    /// From which network (a /24, or a /48), where that is known; the address itself is not kept.
    pub network: Option<String>,
}

/// The place that an upload would take, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadSite {
    /// The project, where it is one of our own.
    pub project: Option<OwnProject>,
    /// Whether an operator has claimed the name.
    pub claimed: bool,
    /// Whether the name was ever pulled through.
    pub pulled_through: bool,
    /// What is in quarantine of the project.
    pub quarantines: Vec<Quarantine>,
    /// The release, where it has files.
    pub release: Option<OwnRelease>,
    /// A file of this name in any case, also a deleted one.
    pub same_name: Option<OwnFile>,
    /// A file that stands with this content.
    pub same_content: Option<OwnFile>,
    /// Whether the release has, or had, an sdist.
    pub has_sdist: bool,
    /// Bytes of the project's files.
    pub project_size: u64,
}
