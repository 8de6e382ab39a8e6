use std::time::Duration;

use fondaco_pydist::Sha256;
use jiff::Timestamp;

use crate::UserId;

/// Somebody who is logged in, from one browser or script. Of the secret only its digest is kept: it
/// has 256 random bits, so a slow hash would add nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id, which is no secret.
    pub id: String,
    /// Digest of the secret.
    pub digest: Sha256,
    /// Whose it is.
    pub user: UserId,
    /// When they logged in.
    pub made_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// Until when it counts at most.
    pub expires_at: Timestamp,
    /// When they last gave their password, or what they have instead.
    pub reauthenticated_at: Timestamp,
    /// Whether a second factor is still to be shown; nothing else can be done before.
    pub pending: bool,
    /// When a second factor was shown.
    pub factor_verified_at: Option<Timestamp>,
    /// The address that they came from.
    pub address: String,
    /// What their client calls itself.
    pub user_agent: String,
    /// When it was ended, by them or by what ends all.
    pub revoked_at: Option<Timestamp>,
}

impl Session {
    /// How long a session lasts in which nothing happens (ASVS 3.3.2, level 2).
    pub const IDLE: Duration = Duration::from_secs(30 * 60);
    /// How long the password counts as just given.
    pub const FRESH: Duration = Duration::from_secs(10 * 60);
    /// How long a second factor may be waited for.
    pub const PENDING: Duration = Duration::from_secs(10 * 60);

    /// Whether it counts at `now`, for the second step at least. What lies in the future by more than
    /// clocks differ does not count.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        let waits_too_long = self.pending && is_older(self.made_at, now, Self::PENDING);
        self.revoked_at.is_none()
            && now < self.expires_at
            && !is_older(self.last_seen_at, now, Self::IDLE)
            && !waits_too_long
    }

    /// Whether the password was just given.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        !is_older(self.reauthenticated_at, now, Self::FRESH)
    }
}

fn is_older(at: Timestamp, now: Timestamp, age: Duration) -> bool {
    now.duration_since(at).unsigned_abs() > age
}

/// What somebody is let do once who has a link that was sent to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkPurpose {
    /// To show that an address is theirs; the subject is the address.
    VerifyEmail,
    /// To set a new password; the subject is the address that it was sent to.
    ResetPassword,
    /// To set the first password of an account that an operator made; the subject is its address.
    SetPassword,
    /// To call off the reset of factors that somebody did not lose; the subject is the recovery's id.
    CancelRecovery,
    /// To reset factors that somebody lost; the subject is the recovery's id.
    ResetFactors,
}

impl LinkPurpose {
    /// Every purpose.
    pub const ALL: [Self; 5] =
        [Self::VerifyEmail, Self::ResetPassword, Self::SetPassword, Self::CancelRecovery, Self::ResetFactors];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ResetPassword => "reset-password",
            Self::SetPassword => "set-password",
            Self::CancelRecovery => "cancel-recovery",
            Self::ResetFactors => "reset-factors",
        }
    }

    /// The purpose with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.id() == id)
    }
}

/// A link that works once. Of its secret only the digest is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeLink {
    /// Digest of the secret.
    pub digest: Sha256,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whose it is.
    pub user: UserId,
    /// What it is about, by its purpose.
    pub subject: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// When it was used, or made void by another.
    pub used_at: Option<Timestamp>,
}

impl OneTimeLink {
    /// Whether it works at `now`.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.used_at.is_none() && now < self.expires_at && now >= self.made_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + minutes * 60).unwrap()
    }

    fn session() -> Session {
        Session {
            id: "s".into(),
            digest: Sha256::of(b"s"),
            user: UserId::from_random([1; 10]),
            made_at: at(0),
            last_seen_at: at(0),
            expires_at: at(720),
            reauthenticated_at: at(0),
            pending: false,
            factor_verified_at: None,
            address: String::new(),
            user_agent: String::new(),
            revoked_at: None,
        }
    }

    #[test]
    fn a_session_ends_by_time_by_rest_and_by_hand() {
        let alive = session();
        assert!(alive.is_in_force(at(30)) && !alive.is_in_force(at(31)));
        let used = Session { last_seen_at: at(719), ..session() };
        assert!(used.is_in_force(at(719)) && !used.is_in_force(at(720)));
        assert!(!Session { revoked_at: Some(at(0)), ..session() }.is_in_force(at(1)));
        let pending = Session { pending: true, last_seen_at: at(10), ..session() };
        assert!(pending.is_in_force(at(10)) && !pending.is_in_force(at(11)));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nothing_last_longer() {
        assert!(session().is_fresh(at(10)) && !session().is_fresh(at(11)));
        assert!(session().is_fresh(at(-9)) && !session().is_fresh(at(-11)));
        assert!(!session().is_in_force(at(-31)));
    }

    #[test]
    fn a_link_works_once_and_for_a_time() {
        let link = OneTimeLink {
            digest: Sha256::of(b"l"),
            purpose: LinkPurpose::VerifyEmail,
            user: UserId::from_random([1; 10]),
            subject: String::new(),
            made_at: at(0),
            expires_at: at(60),
            used_at: None,
        };
        assert!(link.is_in_force(at(0)) && link.is_in_force(at(59)) && !link.is_in_force(at(60)));
        assert!(!link.is_in_force(at(-1)));
        assert!(!OneTimeLink { used_at: Some(at(1)), ..link }.is_in_force(at(2)));
    }
}
