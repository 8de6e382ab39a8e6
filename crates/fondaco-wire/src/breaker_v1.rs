//! The breaker, bans and blocks, as the API and the command line tell and take them.

use fondaco_model::rfc3339;
use serde::{Deserialize, Serialize};

/// How the breaker is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct State {
    /// `fondaco.breaker/1`
    pub schema: &'static str,
    /// What is counted.
    pub signals: Vec<Signal>,
    /// What it can set.
    pub measures: Vec<Measure>,
    /// The keys that are blocked.
    pub blocks: Vec<Block>,
}

/// One thing that is counted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Signal {
    /// Which, e.g. `malicious`.
    pub signal: &'static str,
    /// Events of the last hour.
    pub last_hour: u64,
    /// How many were expected in it.
    pub expected_last_hour: f64,
    /// Events of the last day.
    pub last_day: u64,
    /// How many were expected in it.
    pub expected_last_day: f64,
    /// Whether two weeks were seen.
    pub warm: bool,
}

/// One thing that it can set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measure {
    /// The switch.
    pub switch: &'static str,
    /// Until when the breaker holds it; null: it does not.
    pub held_until: Option<String>,
    /// Until when an operator has it left as it is; null: they don't.
    pub pinned_until: Option<String>,
}

/// A key that is blocked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Block {
    /// `account`, `address`, `network`, `mail-domain`, `payload`, `target`
    pub kind: String,
    /// The key.
    pub key: String,
    /// Why.
    pub reason: String,
    /// When it was made.
    pub made_at: String,
    /// Until when it counts.
    pub expires_at: String,
}

impl From<&fondaco_model::Block> for Block {
    fn from(block: &fondaco_model::Block) -> Self {
        Self {
            kind: block.kind.clone(),
            key: block.key.clone(),
            reason: block.reason.clone(),
            made_at: rfc3339(block.made_at),
            expires_at: rfc3339(block.expires_at),
        }
    }
}

/// `PUT /api/v1/breaker/{switch}`: whether a measure is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// Why.
    pub reason: String,
    /// Until when, RFC 3339; null takes the pin out.
    pub pinned_until: Option<String>,
}

/// Addresses that get no answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ban {
    /// Which, e.g. `192.0.2.0/24`.
    pub network: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub made_by: String,
    /// When.
    pub made_at: String,
    /// Until when; null: until it is lifted.
    pub expires_at: Option<String>,
}

impl From<&fondaco_model::Ban> for Ban {
    fn from(ban: &fondaco_model::Ban) -> Self {
        Self {
            network: ban.network.to_string(),
            reason: ban.reason.clone(),
            made_by: ban.made_by.clone(),
            made_at: rfc3339(ban.made_at),
            expires_at: ban.expires_at.map(rfc3339),
        }
    }
}

/// `PUT /api/v1/bans/{network}`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BanOrder {
    /// Why: whoever meets it reads it.
    pub reason: String,
    /// Until when, RFC 3339.
    #[serde(default)]
    pub expires_at: Option<String>,
}
