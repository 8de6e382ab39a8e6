use std::collections::{BTreeMap, BTreeSet};

use fondaco_pydist::ProjectName;

use crate::{Holders, OrganisationName, OrganisationRole, ProjectRole, StaffRole, TeamName, Token, UserId};

/// How a person says who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// A session; whether a second factor was given in it.
    Session {
        /// Given, or vouched for by the single sign-on.
        second_factor: bool,
    },
    /// A token of theirs: it uploads, and manages nothing.
    Token,
}

/// A person who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub id: UserId,
    /// How they say so.
    pub means: Means,
    /// Whether staff has frozen the account.
    pub frozen: bool,
    /// Their role for the index as a whole.
    pub staff: Option<StaffRole>,
    /// What they are in organisations.
    pub organisations: BTreeMap<OrganisationName, OrganisationRole>,
    /// The teams that they belong to.
    pub teams: BTreeSet<TeamName>,
}

impl Principal {
    /// Their role on a project: the greatest of their own, those of their teams, and what they are
    /// in its organisation. A team counts only on projects of its organisation, and only for who
    /// belongs to that.
    pub fn role_on(&self, holders: &Holders) -> Option<ProjectRole> {
        let own = holders.people.get(&self.id).copied();
        let organisation = holders.organisation.as_ref();
        let within = organisation.and_then(|name| self.organisations.get(name));
        let teams = holders.teams.iter().filter(|(team, _)| {
            within.is_some() && team.organisation().as_ref() == organisation && self.teams.contains(*team)
        });
        let by_teams = teams.map(|(_, role)| *role).max();
        own.max(by_teams).max(within.and_then(|role| role.on_projects()))
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who doesn't say.
    Anonymous,
    /// A token of the operator's.
    Token(Box<Token>),
    /// A person.
    Person(Box<Principal>),
}

/// What somebody wants to do with a project, or to see of it. What is seen and what is done are
/// apart: no permission to read one thing is one to change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProjectAct {
    /// See who has a role and who is invited.
    SeeRoles,
    /// Give and take roles, invite, take invitations back.
    ManageRoles,
    /// Bring it into an organisation or out of one.
    Transfer,
    /// Add a file.
    Upload,
    /// Yank a release or a file, or take that back.
    Yank,
    /// Archive or deprecate it, or take that back.
    SetStatus,
    /// Delete files, a release or all, or take that back.
    Delete,
    /// See quarantines, rulings and notes.
    SeeReview,
    /// Put in quarantine, release, rule on a file, note.
    Review,
}

impl ProjectAct {
    /// Every act.
    pub const ALL: [Self; 9] = [
        Self::SeeRoles,
        Self::ManageRoles,
        Self::Transfer,
        Self::Upload,
        Self::Yank,
        Self::SetStatus,
        Self::Delete,
        Self::SeeReview,
        Self::Review,
    ];

    /// Whether it changes nothing.
    pub fn only_sees(self) -> bool {
        matches!(self, Self::SeeRoles | Self::SeeReview)
    }

    /// Whether a thief of a session must not do it: the password is asked for once more.
    pub fn is_sensitive(self) -> bool {
        matches!(self, Self::ManageRoles | Self::Transfer | Self::Delete)
    }

    /// The least role on the project that suffices; `None` where none does.
    fn needs(self) -> Option<ProjectRole> {
        match self {
            Self::SeeRoles | Self::Upload | Self::Yank => Some(ProjectRole::Maintainer),
            Self::ManageRoles | Self::Transfer | Self::SetStatus | Self::Delete => Some(ProjectRole::Owner),
            Self::SeeReview | Self::Review => None,
        }
    }

    /// The least staff role that suffices; `None` where none does.
    fn needs_staff(self) -> Option<StaffRole> {
        match self {
            Self::SeeRoles | Self::SeeReview => Some(StaffRole::Observer),
            Self::Review => Some(StaffRole::Reviewer),
            Self::ManageRoles | Self::Transfer | Self::Yank | Self::SetStatus | Self::Delete => {
                Some(StaffRole::Admin)
            }
            // What is uploaded is somebody's, also when staff does it.
            Self::Upload => None,
        }
    }
}

/// Why somebody may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Denial {
    /// They have to say who they are.
    #[error("this needs a login")]
    Nobody,
    /// The account is frozen.
    #[error("this account is frozen")]
    Frozen,
    /// The session has no second factor.
    #[error("this needs a session with a second factor")]
    NoSecondFactor,
    /// A token does no such thing.
    #[error("a token can't do this: log in")]
    ByToken,
    /// They have no role there, as far as they are told.
    #[error("this needs a role on the project")]
    NoRole,
    /// They have a role, and it is too small.
    #[error("this needs the owner's role on the project")]
    NotOwner,
    /// It is for staff.
    #[error("this is for staff")]
    NotStaff,
}

/// Whether somebody may do something with a project of our own, or see something of it.
///
/// # Errors
/// Why they may not.
pub fn may(actor: &Actor, act: ProjectAct, name: &ProjectName, holders: &Holders) -> Result<(), Denial> {
    match actor {
        Actor::Anonymous => Err(Denial::Nobody),
        Actor::Token(token) if act == ProjectAct::Upload => {
            if token.may_upload_to(name) {
                Ok(())
            } else {
                Err(Denial::NoRole)
            }
        }
        // Break-glass, for scripts on the host's behalf: as an admin.
        Actor::Token(token) if token.manages => Ok(()),
        Actor::Token(_) => Err(Denial::ByToken),
        Actor::Person(person) => {
            acts(person, act == ProjectAct::Upload)?;
            allowed(person, act, person.role_on(holders))
        }
    }
}

/// Whether a person acts at all: not frozen, and with a second factor, or by a token where that does.
///
/// # Errors
/// Why not.
pub fn acts(person: &Principal, by_token: bool) -> Result<(), Denial> {
    match person.means {
        _ if person.frozen => Err(Denial::Frozen),
        Means::Session { second_factor: false } => Err(Denial::NoSecondFactor),
        Means::Token if !by_token => Err(Denial::ByToken),
        Means::Session { second_factor: true } | Means::Token => Ok(()),
    }
}

fn allowed(person: &Principal, act: ProjectAct, role: Option<ProjectRole>) -> Result<(), Denial> {
    let by_role = act.needs().is_some_and(|least| role.is_some_and(|role| role >= least));
    let by_staff = act.needs_staff().is_some_and(|least| person.staff.is_some_and(|staff| staff >= least));
    match (act.needs(), role) {
        _ if by_role || by_staff => Ok(()),
        (None, _) => Err(Denial::NotStaff),
        (Some(_), None) => Err(Denial::NoRole),
        (Some(_), Some(_)) => Err(Denial::NotOwner),
    }
}

/// What somebody wants to do in an organisation, or to see of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrganisationAct {
    /// See its members, teams and projects.
    See,
    /// Invite somebody to a role, or take such an invitation or such a role away.
    Give(OrganisationRole),
    /// Make a team, or dissolve one that has at most this role on projects.
    MakeTeam(Option<ProjectRole>),
    /// Put somebody into a team that has at most this role on projects, or take them out.
    FillTeam(Option<ProjectRole>),
    /// Rename or dissolve it.
    Dissolve,
}

/// Whether somebody may do something in an organisation. Managers hand on no more than they have: the
/// teams that they fill have no owner's role, and those whom they invite are members.
///
/// # Errors
/// Why they may not.
pub fn may_in(actor: &Actor, act: OrganisationAct, name: &OrganisationName) -> Result<(), Denial> {
    let person = match actor {
        Actor::Anonymous => return Err(Denial::Nobody),
        Actor::Token(token) if token.manages => return Ok(()),
        Actor::Token(_) => return Err(Denial::ByToken),
        Actor::Person(person) => person,
    };
    acts(person, false)?;
    let least = match act {
        OrganisationAct::See => OrganisationRole::Member,
        OrganisationAct::Give(OrganisationRole::Member) => OrganisationRole::Manager,
        OrganisationAct::MakeTeam(role) | OrganisationAct::FillTeam(role)
            if role < Some(ProjectRole::Owner) =>
        {
            OrganisationRole::Manager
        }
        _ => OrganisationRole::Owner,
    };
    let staff = if act == OrganisationAct::See { StaffRole::Observer } else { StaffRole::Admin };
    match person.organisations.get(name) {
        Some(role) if *role >= least => Ok(()),
        _ if person.staff.is_some_and(|role| role >= staff) => Ok(()),
        Some(_) => Err(Denial::NotOwner),
        None => Err(Denial::NoRole),
    }
}

#[cfg(test)]
mod tests;
