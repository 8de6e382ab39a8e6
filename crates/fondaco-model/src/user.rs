use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::UserName;

/// A person's id: `u-` and random hexadecimal digits. It stays when the name changes, and is never
/// used again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(String);

/// The text is no person's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a person's id")]
pub struct InvalidUserId;

impl UserId {
    /// The id that is made of these random bits.
    pub fn from_random(bits: [u8; 10]) -> Self {
        Self(bits.iter().fold("u-".to_owned(), |text, byte| text + &format!("{byte:02x}")))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserId {
    type Err = InvalidUserId;

    fn from_str(text: &str) -> Result<Self, InvalidUserId> {
        let digits = text.strip_prefix("u-").ok_or(InvalidUserId)?;
        let fits = digits.len() == 20 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidUserId) }
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What somebody does for the index as a whole; each may what those before may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StaffRole {
    /// Reports malware, and is believed.
    Observer,
    /// Decides of reports, quarantines and held files.
    Reviewer,
    /// Sets switches, people and everything else.
    Admin,
}

impl StaffRole {
    /// Every role, the least first.
    pub const ALL: [Self; 3] = [Self::Observer, Self::Reviewer, Self::Admin];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Observer => "observer",
            Self::Reviewer => "reviewer",
            Self::Admin => "admin",
        }
    }

    /// The role with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }
}

/// Whether somebody may do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserState {
    /// As usual.
    Active,
    /// Nothing, until an operator says otherwise; their projects stay.
    Frozen,
    /// Nothing ever again: the name stays taken, so that nobody becomes them.
    Deleted,
}

impl UserState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Frozen, Self::Deleted];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Frozen => "frozen",
            Self::Deleted => "deleted",
        }
    }

    /// The state with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.id() == id)
    }
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// The name that they log in with, and that others see.
    pub name: UserName,
    /// What they call themselves; empty where they don't say.
    pub display_name: String,
    /// What they do for the index as a whole.
    pub staff: Option<StaffRole>,
    /// Whether they may do anything.
    pub state: UserState,
    /// When the account was made.
    pub made_at: Timestamp,
}

impl User {
    /// Who acts, for the audit log: `user:ID NAME`.
    pub fn actor(&self) -> String {
        format!("user:{} {}", self.id, self.name)
    }

    /// Whether they do at least this for the index.
    pub fn is_staff(&self, least: StaffRole) -> bool {
        self.staff.is_some_and(|role| role >= least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_they_are_written() {
        let id = UserId::from_random([7; 10]);
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in ["", "u-", "07070707070707070707", "u-0707070707070707070G", "u-07070707070707070707a"] {
            assert_eq!(wrong.parse::<UserId>(), Err(InvalidUserId), "{wrong}");
        }
    }

    #[test]
    fn roles_include_those_below() {
        let reviewer = User {
            id: UserId::from_random([1; 10]),
            name: "r".parse().unwrap(),
            display_name: String::new(),
            staff: Some(StaffRole::Reviewer),
            state: UserState::Active,
            made_at: Timestamp::UNIX_EPOCH,
        };
        let may = |least| reviewer.is_staff(least);
        assert!(may(StaffRole::Observer) && may(StaffRole::Reviewer) && !may(StaffRole::Admin));
        assert!(!User { staff: None, ..reviewer.clone() }.is_staff(StaffRole::Observer));
    }
}
