use std::fmt;
use std::str::FromStr;

/// A project's status marker (PEP 792).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ProjectStatus {
    /// Nothing special; the default.
    #[default]
    Active,
    /// No more uploads; files stay.
    Archived,
    /// Offers no files until somebody has decided.
    Quarantined,
    /// Works, but its owners advise against it.
    Deprecated,
}

/// The text is no PEP 792 status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown project status")]
pub struct UnknownStatus;

impl ProjectStatus {
    /// The marker as PEP 792 spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Archived => "archived",
            Self::Quarantined => "quarantined",
            Self::Deprecated => "deprecated",
        }
    }
}

impl FromStr for ProjectStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        [Self::Active, Self::Archived, Self::Quarantined, Self::Deprecated]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(UnknownStatus)
    }
}

impl fmt::Display for ProjectStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
