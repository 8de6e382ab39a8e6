//! Parsed, valid names of the Python packaging world.
//!
//! Everything here is pure: no IO, no async, no serde, no clock. A value of one
//! of these types has been checked once, by its [`std::str::FromStr`], and is
//! never checked again; handlers and rules never see raw names.
//!
//! Sources: PEP 503 (normalised names), PEP 427 (wheel names), PEP 625 (sdist
//! names), PEP 440 (versions), PEP 792 (project status), core metadata 2.5.

mod file_type;
mod filename;
mod member;
mod metadata;
mod name;
mod sha256;
mod status;
mod unscanned;

pub use file_type::FileType;
pub use filename::{DistFilename, DistKind, FilenameError, SdistFormat, release_of};
pub use member::{MemberPath, MemberPathError};
pub use metadata::{CoreMetadata, MetadataHeaders};
pub use name::{InvalidName, ProjectName};
pub use pep440_rs::{Version, VersionSpecifiers};
pub use sha256::{InvalidSha256, Sha256, Sha256Hasher};
pub use status::{ProjectStatus, UnknownStatus};
pub use unscanned::Unscanned;
