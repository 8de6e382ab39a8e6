//! Waves of lookalike names: many more new ones in an hour than there were before.

use fondaco_model::{Alert, AlertKind, Timestamp};
use fondaco_pydist::ProjectName;
use fondaco_store::{Store, StoreError};
use serde_json::json;

use crate::alarm::{NAMED, alert};

/// An hour and what is looked back at, in seconds.
const HOUR: i64 = 3_600;
const WEEK: i64 = 7 * 24 * HOUR;
/// Fewer in an hour are no wave.
const FEWEST: f64 = 5.0;
/// So many times what is usual is one.
const TIMES: f64 = 4.0;

fn before(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(now.as_second().saturating_sub(seconds)).unwrap_or(Timestamp::MIN)
}

/// Whether so many in this hour are a wave after so many in the `hours` before.
fn is_wave(now: usize, earlier: usize, hours: f64) -> bool {
    now as f64 >= FEWEST.max(TIMES * earlier as f64 / hours.max(1.0))
}

/// The alert that one more lookalike gives rise to, if it makes a wave; one an hour.
pub(crate) async fn check(
    store: &Store,
    (project, target): (&ProjectName, &str),
    now: Timestamp,
) -> Result<Option<Alert>, StoreError> {
    let all = store.lookalikes_since(before(now, WEEK)).await?;
    let hour = before(now, HOUR);
    let (earlier, mut wave): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, _, at)| *at < hour);
    wave.push((project.clone(), target.to_owned(), now));
    let seconds = earlier.first().map_or(0, |(_, _, first)| hour.as_second() - first.as_second());
    let hours = (seconds as f64 / HOUR as f64).max(1.0);
    if !is_wave(wave.len(), earlier.len(), hours)
        || store.last_alert(AlertKind::LookalikeWave).await?.is_some_and(|last| last > hour)
    {
        return Ok(None);
    }
    let names: Vec<_> = wave
        .iter()
        .take(NAMED)
        .map(|(name, target, _)| json!({"project": name.as_str(), "target": target}))
        .collect();
    let usual = earlier.len() as f64 / hours;
    let message = format!(
        "{} new projects within an hour have names that can be mistaken for others; usual are {usual:.1}",
        wave.len()
    );
    let detail = json!({"names": names, "in_an_hour": wave.len(), "usual_in_an_hour": usual});
    Ok(Some(alert(now, AlertKind::LookalikeWave, "new names", message, detail)))
}

#[cfg(test)]
mod tests {
    use super::is_wave;

    #[test]
    fn a_wave_is_many_and_many_more_than_usual() {
        assert!(is_wave(5, 0, 1.0));
        assert!(!is_wave(4, 0, 1.0));
        assert!(!is_wave(5, 300, 100.0), "three an hour are usual");
        assert!(is_wave(12, 300, 100.0));
    }
}
