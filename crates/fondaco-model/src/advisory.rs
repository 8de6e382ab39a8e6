use std::fmt;
use std::str::FromStr;

use fondaco_pydist::{ProjectName, Version};
use jiff::Timestamp;

/// An advisory's id, e.g. `MAL-2024-1234` or `GHSA-xxxx-xxxx-xxxx`: letters, digits, `-`, `.`, `:`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdvisoryId(String);

/// The text is no advisory's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the id of an advisory")]
pub struct InvalidAdvisoryId;

impl AdvisoryId {
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AdvisoryId {
    type Err = InvalidAdvisoryId;

    fn from_str(text: &str) -> Result<Self, InvalidAdvisoryId> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b':' | b'_');
        if text.is_empty() || text.len() > 80 || !text.bytes().all(fits) {
            return Err(InvalidAdvisoryId);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for AdvisoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an advisory is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AdvisoryKind {
    /// Releases that are malware: refused.
    Malware,
    /// Releases that are vulnerable: told, never refused for it.
    Vulnerability,
}

impl AdvisoryKind {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Malware => "malware",
            Self::Vulnerability => "vulnerability",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Malware, Self::Vulnerability].into_iter().find(|kind| kind.id() == id)
    }
}

/// A record of a feed of known malware and vulnerabilities (OSV).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advisory {
    /// Its id.
    pub id: AdvisoryId,
    /// What it is about.
    pub kind: AdvisoryKind,
    /// Whether it is this index's own, made by its reviewers: only such a record is about projects of our
    /// own.
    pub own: bool,
    /// When it last changed.
    pub modified: Timestamp,
    /// When it was taken back.
    pub withdrawn: Option<Timestamp>,
    /// Which releases it is about.
    pub affected: Vec<Affected>,
    /// The record itself, OSV's JSON.
    pub record: String,
}

/// Releases of one project that an advisory is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// The project.
    pub project: ProjectName,
    /// Which of its releases.
    pub releases: Releases,
}

/// Some releases of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Releases {
    /// One version.
    Version(Version),
    /// From a version on (`None`: from the first), up to where it ends.
    Range {
        /// The first affected version.
        introduced: Option<Version>,
        /// Where it ends.
        end: RangeEnd,
    },
}

/// Where a range of versions ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RangeEnd {
    /// Nowhere.
    Open,
    /// Before this version, which is fixed.
    Before(Version),
    /// With this version.
    With(Version),
}

impl Releases {
    fn has(&self, version: &Version) -> bool {
        match self {
            Self::Version(one) => one == version,
            Self::Range { introduced, end } => {
                introduced.as_ref().is_none_or(|first| version >= first)
                    && match end {
                        RangeEnd::Open => true,
                        RangeEnd::Before(fixed) => version < fixed,
                        RangeEnd::With(last) => version <= last,
                    }
            }
        }
    }
}

impl Advisory {
    /// Whether it is about this release.
    pub fn affects(&self, project: &ProjectName, version: &Version) -> bool {
        self.withdrawn.is_none()
            && self.affected.iter().any(|one| one.project == *project && one.releases.has(version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_versions() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        let range =
            |introduced: Option<&str>, end| Releases::Range { introduced: introduced.map(version), end };
        assert!(Releases::Version(version("1.0")).has(&version("1.0.0")));
        assert!(range(None, RangeEnd::Open).has(&version("0.0.1")));
        assert!(range(Some("1"), RangeEnd::Before(version("2"))).has(&version("1.9")));
        assert!(!range(Some("1"), RangeEnd::Before(version("2"))).has(&version("2.0")));
        assert!(range(Some("1"), RangeEnd::With(version("2"))).has(&version("2.0")));
        assert!(!range(Some("1"), RangeEnd::Open).has(&version("1.0rc1")));
        assert!("MAL-2024-1\n".parse::<AdvisoryId>().is_err());
    }
}
