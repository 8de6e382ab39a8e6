use std::collections::BTreeMap;

use crate::{LastOwner, OrganisationName, ProjectRole, TeamName, UserId};

/// Who holds a project of our own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holders {
    /// People with a role of their own.
    pub people: BTreeMap<UserId, ProjectRole>,
    /// The organisation that it belongs to; its owners are the project's.
    pub organisation: Option<OrganisationName>,
    /// Teams of that organisation with a role.
    pub teams: BTreeMap<TeamName, ProjectRole>,
}

impl Holders {
    /// Whether somebody holds it. Before accounts there were projects that only tokens could
    /// upload to: staff gives them an owner.
    pub fn are_there(&self) -> bool {
        self.organisation.is_some() || self.people.values().any(|role| *role == ProjectRole::Owner)
    }

    /// Whether the project keeps an owner when `user` gets the role `becomes`, or none. Teams are
    /// no owners: they may be empty.
    ///
    /// # Errors
    /// When they are its last owner.
    pub fn keep_an_owner(&self, user: &UserId, becomes: Option<ProjectRole>) -> Result<(), LastOwner> {
        let was = self.people.get(user) == Some(&ProjectRole::Owner);
        let others = self.people.iter().any(|(other, role)| other != user && *role == ProjectRole::Owner);
        if !was || others || self.organisation.is_some() || becomes == Some(ProjectRole::Owner) {
            Ok(())
        } else {
            Err(LastOwner)
        }
    }

    /// Whether the project keeps an owner without its organisation.
    ///
    /// # Errors
    /// When no person is its owner.
    pub fn keep_an_owner_alone(&self) -> Result<(), LastOwner> {
        if self.people.values().any(|role| *role == ProjectRole::Owner) { Ok(()) } else { Err(LastOwner) }
    }
}
