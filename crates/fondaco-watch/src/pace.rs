//! When the next request may be made.

use std::time::Duration;

/// The first pause after a failure.
const FIRST: Duration = Duration::from_secs(5);
/// The longest.
const LONGEST: Duration = Duration::from_secs(3600);

/// The pause after so many failures in a row: doubled each time, up to an hour, with as much as a half of
/// it taken off by chance (`random` from 0 to 1), so that watchers that failed together don't come back
/// together.
pub(crate) fn backoff(failures: u32, random: f64) -> Duration {
    let doubled = FIRST.saturating_mul(2u32.saturating_pow(failures.saturating_sub(1).min(16)));
    doubled.min(LONGEST).mul_f64(1.0 - 0.5 * random.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour_and_differ_by_chance() {
        assert_eq!(backoff(1, 0.0), FIRST);
        assert_eq!(backoff(2, 0.0), FIRST * 2);
        assert_eq!(backoff(2, 1.0), FIRST);
        assert_eq!(backoff(u32::MAX, 0.0), LONGEST);
        assert!((0..50).all(|failures| backoff(failures, 0.5) <= backoff(failures + 1, 0.5)));
    }
}
