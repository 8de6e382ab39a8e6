use std::time::Duration;

/// How a watcher goes about it.
#[derive(Debug, Clone)]
pub struct Options {
    /// Time between two polls.
    pub every: Duration,
    /// Least time between two requests, whatever they ask for.
    pub gap: Duration,
    /// Largest file that is fetched, in bytes.
    pub max_file: u64,
    /// Files of one release that are inspected; the sdist first, then the smallest.
    pub files: usize,
    /// What may wait. Feeds that count are not read further while so much does; of others the rest is
    /// left out, and that is told.
    pub queue: u64,
    /// Attempts at one release before it is given up.
    pub attempts: u32,
    /// Bytes of suspicious files that are kept.
    pub kept: u64,
    /// How long what was inspected is remembered, so that a feed may repeat itself.
    pub remember: Duration,
    /// How many of those at most.
    pub remembered: u64,
    /// How long reports on what is not clean are kept; of campaigns the first members' stay.
    pub reports: Duration,
    /// Members of a campaign that outlast that.
    pub members: u64,
    /// How long alerts are kept.
    pub alerts: Duration,
    /// How many of those at most.
    pub most_alerts: u64,
    /// How long the counts of a day are kept.
    pub days: Duration,
}

/// A day.
const DAY: Duration = Duration::from_secs(86_400);

impl Default for Options {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(60),
            gap: Duration::from_secs(1),
            max_file: 256 << 20,
            files: 20,
            queue: 20_000,
            attempts: 5,
            kept: 2 << 30,
            remember: 60 * DAY,
            remembered: 500_000,
            reports: 180 * DAY,
            members: 100,
            alerts: 90 * DAY,
            most_alerts: 100_000,
            days: 800 * DAY,
        }
    }
}
