use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

/// The name of the upstream that everything is pulled through where nothing else is said.
pub const DEFAULT_UPSTREAM: &str = "default";

/// The name under which files of our own stand: of no upstream.
const OWN: &str = "own";

/// An upstream's name: lower-case letters, digits and `-`. Pages and files belong to the name, so
/// that a changed address keeps the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UpstreamName(String);

/// The text is no upstream's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an upstream's name: lower-case letters, digits and '-' only, at most 40")]
pub struct InvalidUpstreamName;

impl UpstreamName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name `own`: the layer of what was uploaded here.
    pub fn own() -> Self {
        Self(OWN.to_owned())
    }

    /// Whether this is the layer of what was uploaded here.
    pub fn is_own(&self) -> bool {
        self.0 == OWN
    }

    /// The name `default`.
    pub fn default_upstream() -> Self {
        Self(DEFAULT_UPSTREAM.to_owned())
    }
}

impl FromStr for UpstreamName {
    type Err = InvalidUpstreamName;

    fn from_str(text: &str) -> Result<Self, InvalidUpstreamName> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if text.is_empty() || text.len() > 40 || !text.bytes().all(fits) {
            return Err(InvalidUpstreamName);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for UpstreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An index that Fondaco pulls through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// Its name.
    pub name: UpstreamName,
    /// The address of its Simple API, ending in `/`; may hold credentials, so never print it.
    pub url: String,
    /// Where the address came from, for a person: `--upstream`, `pip's configuration`, ...
    pub source: String,
    /// When it was set.
    pub set_at: Timestamp,
}
