//! What happens: how large the index is, what peaks honest people make, how a wave comes.

/// How large an index is: honest events an hour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// Accounts that are made.
    pub(super) registrations: f64,
    /// Projects that new accounts make.
    pub(super) first_projects: f64,
    /// Other uploads.
    pub(super) uploads: f64,
    /// Malicious uploads that come all the time, a day.
    pub(super) malice: f64,
}

/// A company's or a community's index.
pub(super) const SMALL: Size = Size { registrations: 0.4, first_projects: 0.15, uploads: 5.0, malice: 0.03 };
/// A large public one.
pub(super) const LARGE: Size = Size { registrations: 45.0, first_projects: 14.0, uploads: 90.0, malice: 5.0 };

/// What honest people do at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Peak {
    None,
    /// Everything so many times as often for a day, every 30 days.
    LaunchDay(f64),
    /// So many new people an hour from one network, three working days, every 60 days.
    Sprint(f64),
}

/// Where the members of a wave come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum From {
    Everywhere,
    OneNetwork,
    /// Four of them from each network, one after the other.
    FourANetwork,
    OneMailDomain,
    OneAccount,
}

/// A wave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wave {
    pub(super) files: u64,
    /// Seconds between two of them, on average.
    pub(super) every: f64,
    pub(super) from: From,
    /// The share that inspection finds, and the share whose names look like others.
    pub(super) found: f64,
    pub(super) lookalike: f64,
    /// Whether all have the same code.
    pub(super) one_payload: bool,
    /// Seconds after which a clean placeholder gets a release that attacks.
    pub(super) armed_after: Option<i64>,
}

pub(super) struct Scenario {
    pub(super) name: String,
    pub(super) size: Size,
    pub(super) days: i64,
    pub(super) peak: Peak,
    pub(super) wave: Option<Wave>,
}

pub(super) fn honest(days: i64) -> Vec<Scenario> {
    let one = |name: &str, size, peak| Scenario {
        name: format!("{name}, {days} days"),
        size,
        days,
        peak,
        wave: None,
    };
    vec![
        one("quiet, small index", SMALL, Peak::None),
        one("quiet, large index", LARGE, Peak::None),
        one("launch day every month (x 6), small", SMALL, Peak::LaunchDay(6.0)),
        one("launch day every month (x 6), large", LARGE, Peak::LaunchDay(6.0)),
        one("conference sprint (40 new people an hour), small", SMALL, Peak::Sprint(40.0)),
        one("conference sprint (40 new people an hour), large", LARGE, Peak::Sprint(40.0)),
    ]
}

pub(super) fn waves(calm: i64) -> Vec<Scenario> {
    let typical = Wave {
        files: 500,
        every: 30.0,
        from: From::Everywhere,
        found: 0.95,
        lookalike: 0.9,
        one_payload: false,
        armed_after: None,
    };
    let kinds = [
        ("500 names in 4 h, an account each", typical),
        ("the same, one payload", Wave { one_payload: true, ..typical }),
        ("the same, one network", Wave { from: From::OneNetwork, ..typical }),
        ("the same, four from each network", Wave { from: From::FourANetwork, ..typical }),
        ("the same, one mail domain", Wave { from: From::OneMailDomain, ..typical }),
        (
            "one account, 200 files in 2 h",
            Wave { files: 200, every: 36.0, from: From::OneAccount, ..typical },
        ),
        ("names like no other", Wave { lookalike: 0.0, ..typical }),
        ("clean placeholders with names like others", Wave { found: 0.0, ..typical }),
        ("clean placeholders with names like no other", Wave { found: 0.0, lookalike: 0.0, ..typical }),
        (
            "clean placeholders, armed ten minutes after",
            Wave { found: 0.0, armed_after: Some(600), ..typical },
        ),
        (
            "the same, names like no other",
            Wave { found: 0.0, lookalike: 0.0, armed_after: Some(600), ..typical },
        ),
        ("one upload an hour for a week", Wave { files: 168, every: 3600.0, ..typical }),
        ("four uploads a day for two weeks", Wave { files: 56, every: 21_600.0, ..typical }),
    ];
    let one = |(name, wave): &(&str, Wave), (size, word): (Size, &str)| Scenario {
        name: format!("{name}, {word}"),
        size,
        days: calm + (wave.files as f64 * wave.every / 86_400.0) as i64 + 2,
        peak: Peak::None,
        wave: Some(*wave),
    };
    let sizes = [(SMALL, "small"), (LARGE, "large")];
    kinds.iter().flat_map(|kind| sizes.map(|size| one(kind, size))).collect()
}
