use std::fmt;
use std::str::FromStr;

use crate::OrganisationName;
use crate::organisation::is_name;

/// A team's name: `NAME`, a team that the operator fills, or `ORGANISATION/NAME`, one that an
/// organisation fills; so nobody makes a team that the configuration means otherwise. People and
/// tokens belong to teams; whoever belongs to one reads what the team may read, and has its roles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TeamName(String);

/// The text is no team's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a team's name: lower-case letters, digits and '-' only, at most 40; a team of an organisation is \
     written ORGANISATION/NAME"
)]
pub struct InvalidTeamName;

impl TeamName {
    /// A team of an organisation.
    ///
    /// # Errors
    /// When `name` is none.
    pub fn within(organisation: &OrganisationName, name: &str) -> Result<Self, InvalidTeamName> {
        if is_name(name) { Ok(Self(format!("{organisation}/{name}"))) } else { Err(InvalidTeamName) }
    }

    /// The name, with its organisation's.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The organisation that fills it; `None` where the operator does.
    pub fn organisation(&self) -> Option<OrganisationName> {
        self.0.split_once('/').and_then(|(organisation, _)| organisation.parse().ok())
    }

    /// The name without its organisation's.
    pub fn bare(&self) -> &str {
        self.0.split_once('/').map_or(self.0.as_str(), |(_, name)| name)
    }
}

impl FromStr for TeamName {
    type Err = InvalidTeamName;

    fn from_str(text: &str) -> Result<Self, InvalidTeamName> {
        let (organisation, name) = text.split_once('/').map_or((None, text), |(of, name)| (Some(of), name));
        if !is_name(name) || organisation.is_some_and(|of| !is_name(of)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisations_team_is_never_the_operators() {
        let acme: OrganisationName = "acme".parse().unwrap();
        let team = TeamName::within(&acme, "insiders").unwrap();
        assert_eq!((team.as_str(), team.bare()), ("acme/insiders", "insiders"));
        assert_eq!(team.organisation(), Some(acme.clone()));
        assert_ne!(team, "insiders".parse().unwrap());
        assert_eq!("insiders".parse::<TeamName>().unwrap().organisation(), None);
        for wrong in ["", "/", "a/", "/a", "a/b/c", "Team", "a b", "a/B"] {
            assert!(wrong.parse::<TeamName>().is_err(), "{wrong:?}");
        }
        assert!(TeamName::within(&acme, "x/insiders").is_err());
    }
}
