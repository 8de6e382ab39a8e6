use serde::{Deserialize, Serialize};

use crate::Signal;

/// Keys of each kind that are remembered.
const PLACES: usize = 128;
/// Seconds in which a weight halves.
const HALF: f64 = 12.0 * 3600.0;

/// Less than this is left of one bad event: it is not of lately.
pub(crate) const LATELY: f32 = 0.5;

/// What events can have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyKind {
    /// Who does it.
    Account,
    /// One address, or a /64.
    Address,
    /// A /24, or a /48.
    Network,
    /// The domain of the account's mail.
    MailDomain,
    /// What the code is, whatever the name.
    Payload,
    /// The project that a name imitates.
    Target,
}

impl KeyKind {
    /// Every kind, narrowest first.
    pub const ALL: [Self; 6] =
        [Self::Account, Self::Payload, Self::Address, Self::MailDomain, Self::Target, Self::Network];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Address => "address",
            Self::Network => "network",
            Self::MailDomain => "mail-domain",
            Self::Payload => "payload",
            Self::Target => "target",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// So many bad events (of an account) or bad accounts (of the others) within a few hours are
    /// answered by a block of the key.
    pub(crate) fn limit(self) -> f32 {
        match self {
            Self::Account | Self::Address | Self::Payload => 3.0,
            Self::Network | Self::MailDomain | Self::Target => 4.0,
        }
    }

    /// Whether a block of it stops also the accounts behind a wave. Who has a payload or a target in
    /// common with others can go on registering.
    pub(crate) fn is_whole_answer(self) -> bool {
        !matches!(self, Self::Payload | Self::Target)
    }

    /// Whether honest people share it: then bad ones have to be a third of all.
    pub(crate) fn is_shared(self) -> bool {
        matches!(self, Self::Address | Self::Network | Self::MailDomain)
    }
}

/// What is known of one key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) key: String,
    /// Bad events; never more than there were.
    pub(crate) bad: f32,
    /// Those that were not, since it is here.
    good: f32,
    /// What it may have had before: of the key in whose place it came. It keeps the place, no more.
    error: f32,
    at: i64,
    pub(crate) blocked_until: i64,
    /// Of an account: the worst that it was counted for lately.
    #[serde(default)]
    pub(crate) worst: Option<Signal>,
}

impl Entry {
    fn fade(&mut self, at: i64) {
        let passed = (at - self.at).max(0) as f64;
        let left = (-passed / HALF * std::f64::consts::LN_2).exp() as f32;
        self.bad *= left;
        self.good *= left;
        self.error *= left;
        self.at = self.at.max(at);
        if self.bad < LATELY {
            self.worst = None;
        }
    }

    /// Blocked keys go last, then those with bad events.
    fn rank(&self, at: i64) -> (bool, f64, f64) {
        let passed = (at - self.at).max(0) as f64;
        let left = (-passed / HALF * std::f64::consts::LN_2).exp();
        let bad = f64::from(self.bad) * left;
        let bad = if bad < 0.1 { 0.0 } else { bad };
        (self.blocked_until > at, bad, f64::from(self.good + self.error) * left)
    }
}

/// The keys of one kind that matter most.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Table(Vec<Entry>);

impl Table {
    /// The key's entry, in the place of the least one where there is no room.
    pub(crate) fn entry(&mut self, key: &str, at: i64) -> &mut Entry {
        let found = self.0.iter().position(|entry| entry.key == key);
        let place = found.unwrap_or_else(|| self.place(key, at));
        let entry = &mut self.0[place];
        entry.fade(at);
        entry
    }

    fn place(&mut self, key: &str, at: i64) -> usize {
        let fresh = |error| Entry {
            key: key.to_owned(),
            bad: 0.0,
            good: 0.0,
            error,
            at,
            blocked_until: 0,
            worst: None,
        };
        if self.0.len() < PLACES {
            self.0.push(fresh(0.0));
            return self.0.len() - 1;
        }
        let ranked = self.0.iter().enumerate().map(|(place, entry)| (entry.rank(at), place));
        let order = |a: &(bool, f64, f64), b: &(bool, f64, f64)| {
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2))
        };
        let least = ranked.min_by(|a, b| order(&a.0, &b.0)).map_or(0, |(_, place)| place);
        let gone = &mut self.0[least];
        gone.fade(at);
        let error = gone.good + gone.error;
        *gone = fresh(error);
        least
    }

    pub(crate) fn is_blocked(&self, key: &str, at: i64) -> bool {
        self.0.iter().any(|entry| entry.key == key && entry.blocked_until > at)
    }

    pub(crate) fn blocked(&self, at: i64) -> impl Iterator<Item = &Entry> {
        self.0.iter().filter(move |entry| entry.blocked_until > at)
    }

    pub(crate) fn forget(&mut self, key: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|entry| entry.key != key);
        self.0.len() < before
    }
}

impl Entry {
    pub(crate) fn note(&mut self, bad: bool) {
        if bad {
            self.bad += 1.0;
        } else {
            self.good += 1.0;
        }
    }

    /// Whether it is to be blocked.
    pub(crate) fn is_bad(&self, kind: KeyKind) -> bool {
        // Half an event less, for what has faded since the first.
        self.bad >= kind.limit() - 0.5 && (!kind.is_shared() || self.bad >= 0.5 * self.good)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millions_of_keys_take_no_more_room_and_hide_nobody() {
        let mut table = Table::default();
        for number in 0..20_000u32 {
            table.entry(&format!("10.0.{number}"), 1_000).note(false);
            if number % 5_000 == 0 {
                table.entry("192.0.2.1", 1_000).note(true);
            }
        }
        assert_eq!(table.0.len(), PLACES);
        assert!(
            table.entry("192.0.2.1", 1_000).is_bad(KeyKind::Account),
            "{:?}",
            table.entry("192.0.2.1", 1_000)
        );
        // Bad ones are never overestimated.
        assert!(table.entry("never-seen", 1_000).bad < 0.1);
    }

    #[test]
    fn what_many_honest_people_share_is_not_blocked() {
        let mut table = Table::default();
        for _ in 0..20 {
            table.entry("mail.example", 0).note(false);
        }
        for _ in 0..5 {
            table.entry("mail.example", 0).note(true);
        }
        assert!(!table.entry("mail.example", 0).is_bad(KeyKind::MailDomain));
        assert!(!table.entry("mail.example", 400 * 3600).is_bad(KeyKind::Account), "it was long ago");
    }
}
