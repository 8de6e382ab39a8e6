use fondaco_pydist::Sha256;
use jiff::{SignedDuration, Timestamp};

use crate::{StaffRole, TeamName};

/// A login by the single sign-on that has begun (OpenID Connect Core 1.0 §3.1, RFC 7636).
#[derive(Debug, Clone)]
pub struct SsoLogin {
    /// Digest of the `state`.
    pub state: Sha256,
    /// The `nonce` that the ID token has to repeat.
    pub nonce: String,
    /// The `code_verifier`.
    pub verifier: String,
    /// Where the issuer sends people back to.
    pub redirect_uri: String,
    /// The page that they wanted to see.
    pub next: String,
    /// Until when it can be ended.
    pub expires_at: Timestamp,
}

impl SsoLogin {
    /// How long somebody may take at the issuer.
    pub const WAITS: SignedDuration = SignedDuration::from_mins(10);
}

/// What a group of the issuer gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Granted {
    /// A place in a team.
    Team(TeamName),
    /// A staff role.
    Staff(StaffRole),
}
