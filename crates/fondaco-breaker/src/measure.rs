use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{KeyKind, Signal};

/// What is done where no key is common to a wave, narrowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Measure {
    /// New accounts make no projects.
    NoFirstProjects,
    /// Nobody registers.
    NoRegistrations,
    /// New accounts upload nothing, except to established projects.
    NoFreshUploads,
}

impl Measure {
    /// Every measure, narrowest first.
    pub const ALL: [Self; 3] = [Self::NoFirstProjects, Self::NoRegistrations, Self::NoFreshUploads];

    pub(crate) fn index(self) -> usize {
        match self {
            Self::NoFirstProjects => 0,
            Self::NoRegistrations => 1,
            Self::NoFreshUploads => 2,
        }
    }
}

/// Why: what was counted, and what was expected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Why {
    /// What was counted.
    pub signal: Signal,
    /// How many.
    pub seen: u64,
    /// How many were expected.
    pub expected: f64,
    /// In how many seconds.
    pub seconds: i64,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { signal, seen, expected, seconds } = self;
        let span = match seconds {
            s if *s < 3600 => format!("{} min", s / 60),
            s if *s < 48 * 3600 => format!("{} h", s / 3600),
            s => format!("{} days", s / 86_400),
        };
        write!(f, "{seen} {} in {span}, {expected:.2} expected", signal.words())
    }
}

/// What is to be done now.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Whatever has this key and is not established is refused.
    Block {
        /// The key's kind.
        kind: KeyKind,
        /// The key.
        key: String,
        /// Until when, in seconds since 1970.
        until: i64,
        /// Bad events or accounts that had it lately.
        seen: u64,
    },
    /// A measure is set, or prolonged.
    Set {
        /// Which.
        measure: Measure,
        /// Until when, in seconds since 1970.
        until: i64,
        /// Why.
        why: Why,
    },
    /// A measure would be set and is pinned: a person decides.
    Withheld {
        /// Which.
        measure: Measure,
        /// Why.
        why: Why,
    },
    /// More than usual, and nothing bad in it: somebody should know.
    Surge(Why),
}
