use jiff::Timestamp;

use crate::UserId;

/// Whom a token was issued to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssuedTo {
    /// A person.
    Person(UserId),
    /// Trusted publishers, by their ids.
    Publishers(Vec<String>),
}

/// A token that the index has issued: a macaroon. Its root key is kept apart from this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedToken {
    /// Its id, which is no secret.
    pub id: String,
    /// To whom.
    pub holder: IssuedTo,
    /// What its holder calls it.
    pub label: String,
    /// What it was narrowed by when it was made; its holder can have narrowed copies further.
    pub caveats: Vec<String>,
    /// When.
    pub made_at: Timestamp,
    /// Until when it counts.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// From which address that was.
    pub last_used_from: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Why.
    pub revoked_why: Option<String>,
    /// The id of the one that was made in its place.
    pub replaced_by: Option<String>,
}

impl IssuedToken {
    /// Whether it counts at `now`.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}
