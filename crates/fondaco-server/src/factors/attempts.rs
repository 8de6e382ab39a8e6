//! How often somebody may show a wrong factor: six digits are guessed by who may guess for long.

use std::time::Duration;

use fondaco_model::{Timestamp, UserId};
use fondaco_store::Tx;

use super::FactorTrouble;

const MINUTE: u64 = 60;
const DAY: Duration = Duration::from_secs(24 * 60 * MINUTE);

/// So many failures within a time.
const LIMITS: [(usize, Duration); 3] =
    [(5, Duration::from_secs(5 * MINUTE)), (20, Duration::from_secs(60 * MINUTE)), (50, DAY)];

/// Whether somebody may try.
pub(super) async fn check(tx: &mut Tx, user: &UserId, now: Timestamp) -> Result<(), FactorTrouble> {
    let failures = tx.factor_failures(user, now - DAY).await?;
    match wait(&failures, now) {
        Some(seconds) => Err(FactorTrouble::TooManyFailures(seconds)),
        None => Ok(()),
    }
}

/// Notes a failure. The caller commits.
pub(super) async fn failed(tx: &mut Tx, user: &UserId, now: Timestamp) -> Result<(), FactorTrouble> {
    Ok(tx.add_factor_failure(user, now, now - DAY).await?)
}

/// The seconds that somebody has to wait whose steps failed at these times, the newest first.
fn wait(failures: &[Timestamp], now: Timestamp) -> Option<u64> {
    let left = |(most, within): (usize, Duration)| {
        let oldest = failures.get(most - 1)?;
        let age = u64::try_from(now.duration_since(*oldest).as_secs()).unwrap_or(0);
        within.as_secs().checked_sub(age).filter(|left| *left > 0)
    };
    LIMITS.into_iter().filter_map(left).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_make_somebody_wait() {
        let at = |seconds: i64| Timestamp::from_second(1_000_000 + seconds).unwrap();
        let every =
            |seconds: i64, count: i64| -> Vec<Timestamp> { (0..count).map(|i| at(-i * seconds)).collect() };
        assert_eq!(wait(&[], at(0)), None);
        assert_eq!(wait(&every(10, 4), at(0)), None);
        assert_eq!(wait(&every(10, 5), at(0)), Some(300 - 40));
        assert_eq!(wait(&every(10, 5), at(260)), None);
        assert_eq!(wait(&every(90, 20), at(0)), Some(3600 - 19 * 90));
        assert_eq!(wait(&every(1000, 50), at(0)), Some(86_400 - 49_000));
        assert_eq!(wait(&every(1700, 50), at(0)), Some(86_400 - 49 * 1700));
        // A clock that was set back makes nobody wait for longer than the time itself.
        assert_eq!(wait(&every(1, 5), at(-1000)), Some(300));
    }
}
