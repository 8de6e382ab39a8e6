use jiff::Timestamp;

use crate::UserId;

/// The app for one-time passwords of somebody, without what it shares with the index: that is asked for
/// only where a code is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpRecord {
    /// Whose it is.
    pub user: UserId,
    /// When they showed that the app has it.
    pub made_at: Timestamp,
    /// The number of the last step whose code counted: neither it nor one before it counts again.
    pub last_step: i64,
    /// When it was last used.
    pub last_used_at: Timestamp,
}

/// A passkey or security key of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRecord {
    /// The credential's id, in base64url; nobody else's has it.
    pub id: String,
    /// Whose it is.
    pub user: UserId,
    /// What they call it.
    pub label: String,
    /// The key that its signatures are checked by (COSE).
    pub public_key: Vec<u8>,
    /// How often it says that it has signed.
    pub counter: u32,
    /// Whether it recognises its owner.
    pub verifies: bool,
    /// Whether it may be on several devices.
    pub synced: bool,
    /// When it was added.
    pub made_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// Everything that somebody has beside a password.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Factors {
    /// Their app for one-time passwords.
    pub totp: Option<TotpRecord>,
    /// Their passkeys, the oldest first.
    pub passkeys: Vec<PasskeyRecord>,
    /// How many recovery codes are left.
    pub recovery_codes: u64,
}

impl Factors {
    /// Whether there is no second factor; recovery codes alone are none.
    pub fn is_empty(&self) -> bool {
        self.totp.is_none() && self.passkeys.is_empty()
    }

    /// What there is, as the audit log has it: `app, 2 passkeys, 8 recovery codes`; `None` where there is
    /// nothing.
    pub fn in_words(&self) -> Option<String> {
        let some = |count: u64, what: &str| (count > 0).then(|| format!("{count} {what}"));
        let passkeys = u64::try_from(self.passkeys.len()).unwrap_or(u64::MAX);
        let words: Vec<String> = [
            self.totp.as_ref().map(|_| "app".to_owned()),
            some(passkeys, "passkeys"),
            some(self.recovery_codes, "recovery codes"),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// What an authenticator is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChallengePurpose {
    /// To be added.
    Register,
    /// To show that somebody is who the session says.
    SecondStep,
    /// To log in by it alone.
    Login,
}

impl ChallengePurpose {
    /// Every purpose.
    pub const ALL: [Self; 3] = [Self::Register, Self::SecondStep, Self::Login];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::SecondStep => "second-step",
            Self::Login => "login",
        }
    }
}

/// The reset of the factors of somebody who lost them: an operator's act that waits, so that its
/// owner can object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorRecovery {
    /// Its id.
    pub id: String,
    /// Whose factors.
    pub user: UserId,
    /// Why.
    pub reason: String,
    /// Who ordered it: `operator:NAME`.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// When the waiting is over.
    pub due_at: Timestamp,
    /// What became of it; none while it waits.
    pub ended: Option<(RecoveryEnd, Timestamp)>,
}

/// What became of a recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecoveryEnd {
    /// The person or an operator objected.
    Cancelled,
    /// The link for the reset was sent.
    Sent,
}

impl RecoveryEnd {
    /// Every end.
    pub const ALL: [Self; 2] = [Self::Cancelled, Self::Sent];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Sent => "sent",
        }
    }

    /// The end with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.id() == id)
    }
}
