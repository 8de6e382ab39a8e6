//! Tokens of people and trusted publishers, as the API tells and takes them.

use std::collections::BTreeMap;

use fondaco_model::rfc3339;
use serde::{Deserialize, Serialize};

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Token {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// What it was narrowed by when it was made, as it stands in the token.
    pub caveats: Vec<String>,
    /// When.
    pub made_at: String,
    /// Until when it counts.
    pub expires_at: String,
    /// When it was last used.
    pub last_used_at: Option<String>,
    /// From which address that was.
    pub last_used_from: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<String>,
    /// Why.
    pub revoked_why: Option<String>,
    /// The id of the one that was made in its place.
    pub replaced_by: Option<String>,
}

impl From<&fondaco_model::IssuedToken> for Token {
    fn from(token: &fondaco_model::IssuedToken) -> Self {
        Self {
            id: token.id.clone(),
            label: token.label.clone(),
            caveats: token.caveats.clone(),
            made_at: rfc3339(token.made_at),
            expires_at: rfc3339(token.expires_at),
            last_used_at: token.last_used_at.map(rfc3339),
            last_used_from: token.last_used_from.clone(),
            revoked_at: token.revoked_at.map(rfc3339),
            revoked_why: token.revoked_why.clone(),
            replaced_by: token.replaced_by.clone(),
        }
    }
}

/// A token as it is given, this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Given {
    /// The token itself.
    #[serde(rename = "token")]
    pub text: String,
    /// What is known of it.
    #[serde(flatten)]
    pub token: Token,
}

/// `POST /api/v1/tokens`: what somebody wants of a token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// What it is called.
    pub label: String,
    /// The projects that it is for; where absent, all that its maker may upload to.
    #[serde(default)]
    pub projects: Option<Vec<String>>,
    /// The ranges of addresses that it may be used from.
    #[serde(default)]
    pub addresses: Option<Vec<String>>,
    /// From when it counts, RFC 3339.
    #[serde(default)]
    pub not_before: Option<String>,
    /// Until when, RFC 3339.
    #[serde(default)]
    pub expires_at: Option<String>,
    /// Whether it uploads and does nothing else.
    #[serde(default = "yes")]
    pub uploads_only: bool,
    /// Whether it uploads one file and no more.
    #[serde(default)]
    pub once: bool,
}

fn yes() -> bool {
    true
}

/// `POST /api/v1/tokens/{id}/rotate`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// Seconds for which the old one counts on.
    pub overlap: u64,
}

/// A trusted publisher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Publisher {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// Who vouches for it.
    pub issuer: String,
    /// `github`, `gitlab` or `generic`.
    pub kind: &'static str,
    /// What it is told by.
    pub claims: BTreeMap<String, String>,
    /// Ids that were seen at its first use and must stay.
    pub pinned: BTreeMap<String, String>,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: String,
    /// Whether the project is still to be made by its first upload.
    pub pending: bool,
    /// Until when that may be.
    pub expires_at: Option<String>,
    /// When it last got a token.
    pub last_used_at: Option<String>,
}

impl From<&fondaco_model::Publisher> for Publisher {
    fn from(publisher: &fondaco_model::Publisher) -> Self {
        Self {
            id: publisher.id.clone(),
            project: publisher.project.to_string(),
            issuer: publisher.issuer.clone(),
            kind: publisher.kind.id(),
            claims: publisher.claims.clone(),
            pinned: publisher.pinned.clone(),
            made_by: publisher.made_by.clone(),
            made_at: rfc3339(publisher.made_at),
            pending: publisher.pending,
            expires_at: publisher.expires_at.map(rfc3339),
            last_used_at: publisher.last_used_at.map(rfc3339),
        }
    }
}

/// `POST /api/v1/publishers`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublisherOrder {
    /// The project; one that is not there yet makes the publisher a pending one.
    pub project: String,
    /// Who vouches: the name of a trusted issuer, to the letter.
    pub issuer: String,
    /// What it is told by.
    pub claims: BTreeMap<String, String>,
}

/// `PUT /api/v1/projects/{name}/publishing`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publishing {
    /// Whether uploads of trusted publishers alone are taken.
    pub only_trusted: bool,
}
