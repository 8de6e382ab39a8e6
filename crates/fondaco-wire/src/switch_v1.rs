//! Switches, as the API and the command line tell and take them.

use fondaco_model::rfc3339;
use serde::{Deserialize, Serialize};

/// A switch that is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Switch {
    /// Which, e.g. `no-new-projects`.
    pub switch: &'static str,
    /// What it means.
    pub meaning: String,
    /// The issuer that it counts for; absent: all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The age that it counts by, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<u64>,
    /// Why.
    pub reason: String,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_by: Option<String>,
    /// When.
    pub made_at: String,
    /// Until when; null: until it is lifted.
    pub expires_at: Option<String>,
}

impl From<&fondaco_model::Switch> for Switch {
    /// Without who set it: that is in the audit log.
    fn from(switch: &fondaco_model::Switch) -> Self {
        Self {
            switch: switch.kind.id(),
            meaning: switch.meaning(),
            issuer: switch.issuer.clone(),
            age: switch.age.map(|age| age.as_secs()),
            reason: switch.reason.clone(),
            made_by: None,
            made_at: rfc3339(switch.made_at),
            expires_at: switch.expires_at.map(rfc3339),
        }
    }
}

/// `PUT /api/v1/switches/{switch}`: what it is set to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Why: everybody reads it.
    pub reason: String,
    /// The age that it counts by, in seconds.
    #[serde(default)]
    pub age: Option<u64>,
    /// Until when, RFC 3339.
    #[serde(default)]
    pub expires_at: Option<String>,
    /// The issuer that it counts for, of `no-trusted-publishing`; all of them where absent.
    #[serde(default)]
    pub issuer: Option<String>,
}
