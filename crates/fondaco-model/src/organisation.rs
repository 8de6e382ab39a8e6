use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::{OrganisationRole, UserId};

/// Longest name of an organisation or of a team in it.
pub(crate) const LONGEST: usize = 40;

/// Whether a text is the name of an organisation, or of a team.
pub(crate) fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(fits)
}

/// An organisation's name: lower-case letters, digits and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationName(String);

/// The text is no organisation's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an organisation's name: lower-case letters, digits and '-' only, at most 40")]
pub struct InvalidOrganisationName;

impl OrganisationName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrganisationName {
    type Err = InvalidOrganisationName;

    fn from_str(text: &str) -> Result<Self, InvalidOrganisationName> {
        if is_name(text) { Ok(Self(text.to_owned())) } else { Err(InvalidOrganisationName) }
    }
}

impl fmt::Display for OrganisationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// People who hold projects together. A project belongs to one organisation at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its name.
    pub name: OrganisationName,
    /// What people call it.
    pub display_name: String,
    /// Who made it: `user:NAME` or `operator:NAME`.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
}

/// An organisation would have no owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the last owner can't leave, be removed or get another role: make somebody else an owner first")]
pub struct LastOwner;

/// Who is what in an organisation.
pub type Members = BTreeMap<UserId, OrganisationRole>;

/// Whether an organisation keeps an owner when `user` gets the role `becomes`, or none.
///
/// # Errors
/// When they are its last owner.
pub fn keeps_an_owner(
    members: &Members,
    user: &UserId,
    becomes: Option<OrganisationRole>,
) -> Result<(), LastOwner> {
    let others = members.iter().any(|(other, role)| other != user && *role == OrganisationRole::Owner);
    let was = members.get(user) == Some(&OrganisationRole::Owner);
    if !was || others || becomes == Some(OrganisationRole::Owner) { Ok(()) } else { Err(LastOwner) }
}
