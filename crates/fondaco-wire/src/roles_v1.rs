//! Roles, organisations, teams and invitations, and what owners and staff do with projects, as the API
//! tells and takes them. No field but those written here is taken.

use serde::{Deserialize, Serialize};

/// Who holds a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Roles {
    /// `fondaco.roles/1`
    pub schema: &'static str,
    /// The project.
    pub project: String,
    /// The organisation that it belongs to.
    pub organisation: Option<String>,
    /// People with a role of their own.
    pub people: Vec<Holder>,
    /// Teams with a role.
    pub teams: Vec<TeamRole>,
    /// Open invitations.
    pub invitations: Vec<Invitation>,
}

/// A person with a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// Their name.
    pub user: String,
    /// The role.
    pub role: &'static str,
}

/// A team with a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TeamRole {
    /// `ORGANISATION/NAME`
    pub team: String,
    /// The project.
    pub project: String,
    /// The role.
    pub role: &'static str,
}

/// An open invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Invitation {
    /// Its id.
    pub id: String,
    /// `project` or `organisation`
    pub kind: &'static str,
    /// Which.
    pub name: String,
    /// The role.
    pub role: &'static str,
    /// Who is invited.
    pub user: String,
    /// By whom; absent where staff did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    pub made_at: String,
    /// Until when it can be accepted.
    pub expires_at: String,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Organisation {
    /// `fondaco.organisation/1`
    pub schema: &'static str,
    /// Its name.
    pub organisation: String,
    /// What people call it.
    pub display_name: String,
    /// When it was made.
    pub made_at: String,
    /// Who belongs to it.
    pub members: Vec<Holder>,
    /// Its teams.
    pub teams: Vec<Team>,
    /// Its projects.
    pub projects: Vec<String>,
    /// Open invitations.
    pub invitations: Vec<Invitation>,
}

/// A team of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Team {
    /// `ORGANISATION/NAME`
    pub team: String,
    /// Who belongs to it.
    pub people: Vec<String>,
    /// Its roles.
    pub roles: Vec<TeamRole>,
}

/// An organisation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Membership {
    /// The organisation.
    pub organisation: String,
    /// What people call it.
    pub display_name: String,
    /// What the asking person is in it; null for staff who look.
    pub role: Option<&'static str>,
}

/// `PUT` of a role.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleOrder {
    /// The role.
    pub role: String,
}

/// `POST` of an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationOrder {
    /// Whom, by their name.
    pub user: String,
    /// To which role.
    pub role: String,
}

/// `POST` of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationOrder {
    /// Its name.
    pub name: String,
    /// What people call it.
    #[serde(default)]
    pub display_name: String,
}

/// `PUT` of the organisation that a project comes to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferOrder {
    /// Which.
    pub organisation: String,
}

/// What an act is about within a project, and why.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeOrder {
    /// Only this release.
    #[serde(default)]
    pub version: Option<String>,
    /// Only this file.
    #[serde(default)]
    pub file: Option<String>,
    /// Why; the next person reads it.
    #[serde(default)]
    pub reason: String,
}

/// `PUT` of a project's status.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusOrder {
    /// `active`, `archived` or `deprecated`
    pub status: String,
    /// Why.
    pub reason: String,
}

/// `POST` of a ruling on a content.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulingOrder {
    /// `allow` or `hold`
    pub decision: String,
    /// Why.
    pub reason: String,
    /// Until when, RFC 3339; for good where absent.
    #[serde(default)]
    pub expires_at: Option<String>,
}

/// `POST` of a note.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteOrder {
    /// What.
    pub text: String,
}

/// What staff sees of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Review {
    /// `fondaco.review/1`
    pub schema: &'static str,
    /// The project.
    pub project: String,
    /// What is in quarantine.
    pub quarantines: Vec<Quarantined>,
    /// What staff noted, oldest first.
    pub notes: Vec<Note>,
}

/// Something in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quarantined {
    /// The project.
    pub project: String,
    /// Only this release.
    pub version: Option<String>,
    /// Only this file.
    pub file: Option<String>,
    /// Why.
    pub reason: String,
    /// Who.
    pub made_by: String,
    /// When.
    pub made_at: String,
}

impl From<&fondaco_model::Quarantine> for Quarantined {
    fn from(one: &fondaco_model::Quarantine) -> Self {
        Self {
            project: one.scope.project.to_string(),
            version: one.scope.release.clone(),
            file: one.scope.file_name.clone(),
            reason: one.reason.clone(),
            made_by: one.made_by.clone(),
            made_at: fondaco_model::rfc3339(one.made_at),
        }
    }
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// What.
    pub text: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
}
