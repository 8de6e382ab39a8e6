use fondaco_pydist::ProjectName;
use jiff::{SignedDuration, Timestamp};

use crate::{OrganisationName, OrganisationRole, ProjectRole, UserId};

/// How long an invitation can be accepted.
pub const INVITED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What somebody is invited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invited {
    /// A role on a project.
    Project(ProjectName, ProjectRole),
    /// A role in an organisation.
    Organisation(OrganisationName, OrganisationRole),
}

impl Invited {
    /// The name of the project or the organisation.
    pub fn name(&self) -> &str {
        match self {
            Self::Project(project, _) => project.as_str(),
            Self::Organisation(organisation, _) => organisation.as_str(),
        }
    }

    /// Stable id of the role.
    pub fn role(&self) -> &'static str {
        match self {
            Self::Project(_, role) => role.id(),
            Self::Organisation(_, role) => role.id(),
        }
    }

    /// Stable id of the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Project(..) => "project",
            Self::Organisation(..) => "organisation",
        }
    }
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvitationState {
    /// It waits.
    Open,
    /// The role was taken.
    Accepted,
    /// The invited person said no.
    Declined,
    /// Whoever may give the role took it back.
    Withdrawn,
}

impl InvitationState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::Accepted, Self::Declined, Self::Withdrawn];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.id() == id)
    }
}

/// Somebody is invited to a role. It is taken by the invited person alone, once, while it lasts, and
/// only if whoever invited may still give that role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id; no secret, since only the invited person can take it.
    pub id: String,
    /// To what.
    pub to: Invited,
    /// Whom.
    pub user: UserId,
    /// Who invited; `None` for staff, who need no role there.
    pub by: Option<UserId>,
    /// When.
    pub made_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// What became of it.
    pub state: InvitationState,
}

impl Invitation {
    /// Whether it can be taken at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == InvitationState::Open && now < self.expires_at
    }
}
