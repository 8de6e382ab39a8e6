use std::fmt;

use fondaco_pydist::ProjectName;
use jiff::Timestamp;

/// A project, one release of it or one file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The project.
    pub project: ProjectName,
    /// Only this release: its version without trailing zeros.
    pub release: Option<String>,
    /// Only this file.
    pub file_name: Option<String>,
}

impl Scope {
    /// Whether a file of this project lies in it.
    pub fn has(&self, release: &str, file_name: &str) -> bool {
        self.release.as_deref().is_none_or(|own| own == release)
            && self.file_name.as_deref().is_none_or(|own| own == file_name)
    }

    /// Whether it is the project as a whole.
    pub fn is_whole(&self) -> bool {
        self.release.is_none() && self.file_name.is_none()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.release, &self.file_name) {
            (_, Some(file)) => write!(f, "{} {file}", self.project),
            (Some(release), None) => write!(f, "{}=={release}", self.project),
            (None, None) => self.project.fmt(f),
        }
    }
}

/// An operator has put something in quarantine: it is served to nobody until that is lifted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    /// What.
    pub scope: Scope,
    /// Why, in the operator's words.
    pub reason: String,
    /// Who: `operator:NAME`.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
}
