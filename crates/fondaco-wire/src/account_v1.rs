//! Accounts, as the API tells and takes them. What an order does not name can't be set by it.

use fondaco_model::rfc3339;
use serde::{Deserialize, Serialize};

/// `POST /api/v1/register`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// The name.
    pub name: String,
    /// The address, which a mail asks to confirm.
    pub email: String,
    /// The password.
    pub password: String,
    /// What they call themselves.
    #[serde(default)]
    pub display_name: String,
}

/// `POST /api/v1/login`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The name.
    pub name: String,
    /// The password.
    pub password: String,
}

/// `POST /api/v1/reset` and `/api/v1/account/emails`: an address.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// It.
    pub email: String,
}

/// `POST /api/v1/verify`: the secret of a link that a mail has brought.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The secret: what stands behind `link=`.
    pub link: String,
}

/// `POST /api/v1/password`: another password, by a link.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The secret of the link.
    pub link: String,
    /// The password.
    pub password: String,
}

/// `POST /api/v1/password/strength`: what a meter asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typed {
    /// The password.
    pub password: String,
    /// How its owner is called and reached.
    #[serde(default)]
    pub about: Vec<String>,
}

/// How good a password is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Strength {
    /// From 0 (guessed at once) to 4; one that is not taken has 2 at most.
    pub score: u8,
    /// Whether it can be somebody's.
    pub taken: bool,
    /// The same in words.
    pub detail: String,
}

/// `POST /api/v1/account/confirm` and `PUT /api/v1/account/password`: a password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// It.
    pub password: String,
}

/// `PUT /api/v1/account`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What they call themselves.
    pub display_name: String,
}

/// `POST /api/v1/users`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// `admin`, `reviewer` or `observer`.
    #[serde(default)]
    pub role: Option<String>,
}

/// `PUT /api/v1/users/NAME/state`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetState {
    /// `active` or `frozen`.
    pub state: String,
    /// Why.
    pub reason: String,
}

/// `PUT /api/v1/users/NAME/role`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetRole {
    /// `admin`, `reviewer`, `observer`, or null.
    pub role: Option<String>,
    /// Why.
    pub reason: String,
}

/// Who has just logged in, or is to show a second factor.
#[derive(Debug, Serialize)]
pub struct Entered {
    /// The secret, for `Authorization: Bearer`.
    pub session: String,
    /// Whether a second factor is still to be shown.
    pub pending: bool,
    /// Until when it counts at most.
    pub expires_at: String,
}

/// One of somebody's addresses.
#[derive(Debug, Serialize)]
pub struct Email {
    /// It.
    pub email: String,
    /// Whether it is the one that is written to.
    pub primary: bool,
    /// When they showed that it is theirs; null: not yet.
    pub verified_at: Option<String>,
}

impl From<&fondaco_model::Email> for Email {
    fn from(email: &fondaco_model::Email) -> Self {
        Self {
            email: email.address.to_string(),
            primary: email.primary,
            verified_at: email.verified_at.map(rfc3339),
        }
    }
}

/// One of somebody's sessions.
#[derive(Debug, Serialize)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// When they logged in.
    pub made_at: String,
    /// When it was last used.
    pub last_seen_at: String,
    /// Until when it counts at most.
    pub expires_at: String,
    /// From where they logged in.
    pub address: String,
    /// By what.
    pub user_agent: String,
    /// Whether a second factor is still to be shown.
    pub pending: bool,
}

impl Session {
    /// As it is told to whom it belongs, who asks by the session `asking`.
    pub fn told(session: &fondaco_model::Session, asking: &str) -> Self {
        Self {
            id: session.id.clone(),
            current: session.id == asking,
            made_at: rfc3339(session.made_at),
            last_seen_at: rfc3339(session.last_seen_at),
            expires_at: rfc3339(session.expires_at),
            address: session.address.clone(),
            user_agent: session.user_agent.clone(),
            pending: session.pending,
        }
    }
}

/// Somebody with an account.
#[derive(Debug, Serialize)]
pub struct User {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What they call themselves.
    pub display_name: String,
    /// What they do for the index.
    pub role: Option<&'static str>,
    /// `active`, `frozen` or `deleted`.
    pub state: &'static str,
    /// When the account was made.
    pub made_at: String,
}

impl From<&fondaco_model::User> for User {
    fn from(user: &fondaco_model::User) -> Self {
        Self {
            id: user.id.to_string(),
            name: user.name.to_string(),
            display_name: user.display_name.clone(),
            role: user.staff.map(fondaco_model::StaffRole::id),
            state: user.state.id(),
            made_at: rfc3339(user.made_at),
        }
    }
}
