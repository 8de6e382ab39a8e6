/// By which way the wave comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// It is uploaded here.
    Uploads,
    /// It is on an upstream, which a watcher follows and people pull from.
    Upstream,
}

/// How the wave differs from the one that there was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variation {
    /// An account for each package, one every half a minute, as it was.
    AsItWas,
    /// One account with all of them.
    OneAccount,
    /// Names that nobody would mistake for another.
    OtherNames,
    /// Clean placeholders first, which a later release arms.
    Armed,
    /// One an hour, below what is usual.
    Slow,
}

impl Variation {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::AsItWas, Self::OneAccount, Self::OtherNames, Self::Armed, Self::Slow];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::AsItWas => "as it was",
            Self::OneAccount => "one account",
            Self::OtherNames => "other names",
            Self::Armed => "placeholders, armed later",
            Self::Slow => "one an hour",
        }
    }

    /// Seconds from one package to the next.
    pub(super) fn pause(self) -> i64 {
        match self {
            Self::Slow => 3_600,
            _ => 30,
        }
    }
}

/// What is replayed.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The names of the wave, in order.
    pub names: Vec<String>,
    /// By which way it comes.
    pub via: Via,
    /// How it differs from the one that there was.
    pub variation: Variation,
    /// Established owners, each with a project.
    pub owners: usize,
    /// Days of ordinary traffic before.
    pub days: usize,
    /// The wave, and what is ordinary, go on so long after registrations were suspended: members of the
    /// wave that are tried then. All where absent.
    pub tried_after: Option<usize>,
}

impl Plan {
    /// The name of a member, from 0.
    pub(super) fn name(&self, number: usize) -> String {
        let name = self.names.get(number).cloned().unwrap_or_default();
        match self.variation {
            Variation::OtherNames => other_name(number),
            _ => name,
        }
    }
}

/// A name that nobody mistakes for another: three words and a number.
pub(super) fn other_name(number: usize) -> String {
    const FIRST: [&str; 10] = [
        "granite", "walrus", "thimble", "lantern", "quarry", "marzipan", "obelisk", "trellis", "sextant",
        "gazebo",
    ];
    const SECOND: [&str; 10] = [
        "harvest",
        "corridor",
        "monsoon",
        "parchment",
        "orchard",
        "tapestry",
        "velocity",
        "meadow",
        "chimney",
        "bassoon",
    ];
    const THIRD: [&str; 7] = ["ledger", "almanac", "workshop", "atlas", "notebook", "compass", "bureau"];
    format!(
        "{}-{}-{}-{number}",
        FIRST[number % FIRST.len()],
        SECOND[number / 3 % SECOND.len()],
        THIRD[number / 7 % THIRD.len()]
    )
}
