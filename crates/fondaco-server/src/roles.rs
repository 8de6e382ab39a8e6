//! Who holds projects: roles, organisations, teams, invitations. Whether somebody may do something is
//! decided by `fondaco_model::may` and `may_in` alone: once before a handler runs (`on_project`,
//! `in_organisation`), and once more in the transaction of each change.

mod in_organisation;
mod invitations;
mod mails;
mod on_project;
mod organisations;
mod owners;
mod principal;
mod project;
mod teams;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_model::{Actor, AuditAction, AuditEvent, Denial, LastOwner, StaffRole, Timestamp, UserName};
use fondaco_store::{StoreError, Tx};

use crate::lifecycle::LifecycleError;
use crate::rulings::RulingError;
use crate::trouble::{Trouble, problem, switched_off};

pub(crate) use in_organisation::{AtLeastAs, InOrganisation, Manager, Member, Owner};
pub(crate) use invitations::{accept, decline, invite, invite_to, withdraw};
pub(crate) use on_project::{
    Delete, ManageRoles, OnProject, ProjectActKind, Review, SeeReview, SeeRoles, SetStatus, Transfer, Yank,
};
pub(crate) use organisations::{dissolve, leave_organisation, make_organisation, set_member};
pub use owners::owners;
pub(crate) use owners::{principal_of, projects_of, role_on};
pub(crate) use principal::Caller;
pub use project::{GiveError, give_owner};
pub(crate) use project::{leave, set_role, set_team_role, transfer};
pub(crate) use teams::{add_to_team, dissolve_team, make_team, take_from_team, team_named};

/// What owners do instead of deleting what has been there for long.
const TOO_LATE: &str = "yank the release: installers then take it only where it is pinned; archive the project if it \
    is over; an operator of this index can delete it all the same, e.g. for a secret in it";

/// Why roles stay as they are.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RoleError {
    /// They may not.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// Nobody would be left.
    #[error(transparent)]
    LastOwner(#[from] LastOwner),
    /// There is no such thing: a person, a team, an invitation.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// It is so already, or something stands in the way.
    #[error("{0}")]
    Conflict(&'static str),
    /// What was sent is not what is expected, which looks like this.
    #[error("another JSON object is expected")]
    Malformed(&'static str),
    /// What is asked of a project's life can't be done.
    #[error(transparent)]
    Lifecycle(LifecycleError),
    /// A ruling can't be made or taken back.
    #[error(transparent)]
    Ruling(RulingError),
    /// The index is in trouble, or a switch forbids it.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<StoreError> for RoleError {
    fn from(error: StoreError) -> Self {
        Self::Trouble(error.into())
    }
}

impl From<LifecycleError> for RoleError {
    fn from(error: LifecycleError) -> Self {
        match error {
            LifecycleError::Store(error) => error.into(),
            error => Self::Lifecycle(error),
        }
    }
}

impl From<RulingError> for RoleError {
    fn from(error: RulingError) -> Self {
        match error {
            RulingError::Store(error) => error.into(),
            error => Self::Ruling(error),
        }
    }
}

impl IntoResponse for RoleError {
    fn into_response(self) -> Response {
        let said = self.to_string();
        match self {
            Self::Denied(denial) => denied(denial),
            Self::LastOwner(_) | Self::Conflict(_) => problem(StatusCode::CONFLICT, said, None),
            Self::Unknown(_)
            | Self::Lifecycle(
                LifecycleError::NotOwn(_)
                | LifecycleError::Unknown(_)
                | LifecycleError::NotQuarantined(_)
                | LifecycleError::NothingDeleted(_),
            )
            | Self::Ruling(RulingError::UnknownContent(_) | RulingError::UnknownRuling(_)) => {
                problem(StatusCode::NOT_FOUND, said, None)
            }
            Self::Lifecycle(LifecycleError::DeletedByOperator(_)) => {
                problem(StatusCode::FORBIDDEN, said, Some("ask the operators of this index".to_owned()))
            }
            Self::Lifecycle(LifecycleError::TooLate(..)) => {
                problem(StatusCode::FORBIDDEN, said, Some(TOO_LATE.to_owned()))
            }
            Self::Malformed(example) => problem(StatusCode::BAD_REQUEST, said, Some(example.to_owned())),
            Self::Lifecycle(_) | Self::Ruling(_) => problem(StatusCode::BAD_REQUEST, said, None),
            // Not 503: clients would come again and again, and it lasts.
            Self::Trouble(Trouble::SwitchedOff(switch)) => switched_off(StatusCode::FORBIDDEN, &switch),
            Self::Trouble(trouble) => trouble.into_response(),
        }
    }
}

/// The answer to somebody who may not.
pub(crate) fn denied(denial: Denial) -> Response {
    let (status, hint) = match denial {
        Denial::Nobody => (StatusCode::UNAUTHORIZED, "POST /api/v1/login gives a session"),
        Denial::NoSecondFactor => {
            (StatusCode::FORBIDDEN, "set up a second factor for the account, and log in with it")
        }
        Denial::Frozen => (StatusCode::FORBIDDEN, "ask the operators of this index"),
        Denial::ByToken => (StatusCode::FORBIDDEN, "tokens upload; whoever manages logs in"),
        Denial::NoRole | Denial::NotOwner => (StatusCode::FORBIDDEN, "an owner can give you the role"),
        Denial::NotStaff => (StatusCode::FORBIDDEN, "an admin gives such roles"),
    };
    problem(status, denial.to_string(), Some(hint.to_owned()))
}

/// Who changes something, and when.
#[derive(Debug, Clone)]
pub(crate) struct By {
    /// Who, as far as decisions turn on it.
    pub(crate) actor: Actor,
    /// Who, for the audit log.
    pub(crate) name: String,
    /// When.
    pub(crate) at: Timestamp,
}

impl By {
    fn event(&self, action: AuditAction, subject: impl ToString, detail: impl Into<String>) -> AuditEvent {
        AuditEvent {
            at: self.at,
            actor: self.name.clone(),
            action,
            subject: subject.to_string(),
            reason: String::new(),
            detail: detail.into(),
        }
    }

    /// Whether an operator acts: an admin, or the bearer of a token that manages.
    pub(crate) fn is_operator(&self) -> bool {
        match &self.actor {
            Actor::Anonymous => false,
            Actor::Token(token) => token.manages,
            Actor::Person(person) => person.staff == Some(StaffRole::Admin),
        }
    }

    /// The person who acts; none for a token of the operator's.
    fn user(&self) -> Option<&fondaco_model::UserId> {
        match &self.actor {
            Actor::Person(person) => Some(&person.id),
            Actor::Anonymous | Actor::Token(_) => None,
        }
    }
}

/// Somebody by their name who has an account in use.
async fn user(tx: &mut Tx, name: &UserName) -> Result<fondaco_model::User, RoleError> {
    let found = tx.user_by_name(name).await?;
    let active = |user: &fondaco_model::User| user.state == fondaco_model::UserState::Active;
    found.filter(active).ok_or(RoleError::Unknown("user"))
}

/// Looks once more, in the transaction, whether a switch forbids changes.
async fn permitted(tx: &mut Tx, at: Timestamp) -> Result<(), RoleError> {
    let switches = crate::switches::Switches::in_tx(tx).await?;
    match switches.forbidding(fondaco_model::Deed::Management, at) {
        Some(switch) => Err(Trouble::SwitchedOff(std::sync::Arc::new(switch.clone())).into()),
        None => Ok(()),
    }
}
