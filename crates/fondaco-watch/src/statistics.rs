//! How many releases did what, by day: the share that steals, that runs commands, and so on.

use std::collections::BTreeMap;

use fondaco_model::{Timestamp, rfc3339};
use fondaco_store::{Store, StoreError};

/// Releases that were inspected.
pub(crate) const RELEASES: &str = "releases";
/// Their files.
pub(crate) const FILES: &str = "files";
/// Files that were not inspected: too many of one release, or too large.
pub(crate) const LEFT_OUT: &str = "left-out";
/// Releases that were gone, or refused, before they could be had.
pub(crate) const GONE: &str = "gone";
/// What was given up after all attempts.
pub(crate) const GIVEN_UP: &str = "given-up";
/// Entries of feeds that make no sense.
pub(crate) const SENSELESS: &str = "senseless";
/// New projects with names that can be mistaken for others.
pub(crate) const LOOKALIKES: &str = "lookalikes";
/// What stands before the verdict of releases.
pub(crate) const VERDICT: &str = "verdict:";
/// What stands before a behaviour of releases, whatever their verdict.
pub(crate) const BEHAVIOUR: &str = "behaviour:";
/// What stands before a behaviour of releases that are suspicious or malicious.
pub(crate) const BAD: &str = "bad:";

/// What happened on a day (UTC).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day {
    /// `2026-01-31`
    pub day: String,
    /// Releases that were inspected.
    pub releases: u64,
    /// Their files.
    pub files: u64,
    /// Files that were not inspected: too many of one release, or too large.
    pub left_out: u64,
    /// Releases that were gone before they could be had.
    pub gone: u64,
    /// What was given up after all attempts.
    pub given_up: u64,
    /// Entries of feeds that make no sense.
    pub senseless: u64,
    /// New projects with names that can be mistaken for others.
    pub lookalikes: u64,
    /// Releases by verdict.
    pub verdicts: BTreeMap<String, u64>,
    /// Releases by what they do, whatever their verdict.
    pub behaviours: BTreeMap<String, u64>,
    /// Suspicious and malicious releases by what they do.
    pub bad: BTreeMap<String, u64>,
}

/// The day (UTC) of an instant.
pub fn day_of(at: Timestamp) -> String {
    rfc3339(at).get(..10).unwrap_or_default().to_owned()
}

/// What happened on each day since one (`2026-01-31`), in order.
///
/// # Errors
/// When the database fails.
pub async fn days(store: &Store, since: &str) -> Result<Vec<Day>, StoreError> {
    let mut days: BTreeMap<String, Day> = BTreeMap::new();
    for (day, what, many) in store.watched_days(since).await? {
        let one = days.entry(day.clone()).or_insert_with(|| Day { day, ..Day::default() });
        one.add(&what, many);
    }
    Ok(days.into_values().collect())
}

impl Day {
    fn add(&mut self, what: &str, many: u64) {
        let groups = [(VERDICT, &mut self.verdicts), (BEHAVIOUR, &mut self.behaviours), (BAD, &mut self.bad)];
        for (prefix, group) in groups {
            if let Some(id) = what.strip_prefix(prefix) {
                *group.entry(id.to_owned()).or_default() += many;
                return;
            }
        }
        let place = match what {
            RELEASES => &mut self.releases,
            FILES => &mut self.files,
            LEFT_OUT => &mut self.left_out,
            GONE => &mut self.gone,
            GIVEN_UP => &mut self.given_up,
            SENSELESS => &mut self.senseless,
            LOOKALIKES => &mut self.lookalikes,
            _ => return,
        };
        *place += many;
    }

    /// Several days as one, under a name of its own.
    #[must_use]
    pub fn sum(name: &str, days: &[Self]) -> Self {
        let mut all = Self { day: name.to_owned(), ..Self::default() };
        for day in days {
            all.releases += day.releases;
            all.files += day.files;
            all.left_out += day.left_out;
            all.gone += day.gone;
            all.given_up += day.given_up;
            all.senseless += day.senseless;
            all.lookalikes += day.lookalikes;
            let groups = [
                (&mut all.verdicts, &day.verdicts),
                (&mut all.behaviours, &day.behaviours),
                (&mut all.bad, &day.bad),
            ];
            for (into, from) in groups {
                for (id, many) in from {
                    *into.entry(id.clone()).or_default() += many;
                }
            }
        }
        all
    }
}
