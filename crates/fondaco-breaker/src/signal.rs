use serde::{Deserialize, Serialize};

/// What is counted over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Signal {
    /// New accounts with a file that was blocked, or held as a member of a campaign.
    Malicious,
    /// New accounts with a file that is held.
    Suspicious,
    /// New accounts with a project whose name can be mistaken for a known one.
    Lookalikes,
    /// Projects that new accounts make.
    FirstProjects,
    /// Accounts that are made.
    Registrations,
    /// Files that are uploaded.
    Uploads,
    /// Logins that fail.
    LoginFailures,
    /// Attempts that met a measure.
    Prevented,
}

impl Signal {
    /// Every signal.
    pub const ALL: [Self; 8] = [
        Self::Malicious,
        Self::Suspicious,
        Self::Lookalikes,
        Self::FirstProjects,
        Self::Registrations,
        Self::Uploads,
        Self::LoginFailures,
        Self::Prevented,
    ];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Malicious => "malicious",
            Self::Suspicious => "suspicious",
            Self::Lookalikes => "lookalikes",
            Self::FirstProjects => "first-projects",
            Self::Registrations => "registrations",
            Self::Uploads => "uploads",
            Self::LoginFailures => "login-failures",
            Self::Prevented => "prevented",
        }
    }

    /// In words, in the plural.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Malicious => "new accounts with malicious uploads",
            Self::Suspicious => "new accounts with suspicious uploads",
            Self::Lookalikes => "new accounts with look-alike names",
            Self::FirstProjects => "first projects of new accounts",
            Self::Registrations => "registrations",
            Self::Uploads => "uploads",
            Self::LoginFailures => "failed logins",
            Self::Prevented => "attempts that were stopped",
        }
    }

    pub(crate) fn index(self) -> usize {
        Self::ALL.iter().position(|one| *one == self).unwrap_or(0)
    }

    /// Whether it tells of bad things and not only of many.
    pub(crate) fn is_severe(self) -> bool {
        matches!(self, Self::Malicious | Self::Suspicious | Self::Lookalikes)
    }

    /// Which of two severe signals is worse.
    pub(crate) fn weight(self) -> u8 {
        match self {
            Self::Malicious => 3,
            Self::Suspicious => 2,
            Self::Lookalikes => 1,
            _ => 0,
        }
    }

    /// Events an hour of an index of which nothing is known yet; no baseline is below it.
    pub(crate) fn prior(self) -> f64 {
        match self {
            Self::Malicious => 0.02,
            Self::Suspicious | Self::Lookalikes => 0.1,
            Self::FirstProjects => 1.0,
            Self::Registrations => 2.0,
            Self::Uploads => 10.0,
            Self::LoginFailures => 20.0,
            Self::Prevented => 0.2,
        }
    }

    /// Fewer than that trip nothing, however improbable they are.
    pub(crate) fn least(self) -> u64 {
        match self {
            Self::Malicious => 3,
            Self::Suspicious | Self::Lookalikes => 5,
            _ => 50,
        }
    }
}
