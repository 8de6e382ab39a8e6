use std::fmt;
use std::str::FromStr;

/// A team's name: lower-case letters, digits and `-`. Tokens belong to teams; who carries one of
/// them reads what the team may read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TeamName(String);

/// The text is no team's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a team's name: lower-case letters, digits and '-' only, at most 40")]
pub struct InvalidTeamName;

impl TeamName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TeamName {
    type Err = InvalidTeamName;

    fn from_str(text: &str) -> Result<Self, InvalidTeamName> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if text.is_empty() || text.len() > 40 || !text.bytes().all(fits) {
            return Err(InvalidTeamName);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for TeamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
