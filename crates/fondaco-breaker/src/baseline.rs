use serde::{Deserialize, Serialize};

use crate::Signal;

/// Hours over which the mean is taken: two weeks.
const MEMORY: f64 = 336.0;
/// Hours for which the prior counts.
const PRIOR_HOURS: f64 = 48.0;
/// How much one week says of an hour of the week.
const WEEK: f64 = 0.15;
/// Hours of a week.
const HOURS: usize = 168;
/// An hour counts for no more than so many standard deviations above what was expected.
const ROBUST: f64 = 4.0;

/// What is usual of one signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Baseline {
    /// Events an hour.
    level: f64,
    /// Sums from which the squared coefficient of variation follows.
    excess: f64,
    squares: f64,
    /// Hours that were taken in.
    hours: u32,
    /// Factors by hour of the week; none for rare signals.
    season: Vec<f32>,
}

impl Baseline {
    pub(crate) fn new(signal: Signal) -> Self {
        let season = if signal.is_severe() { Vec::new() } else { vec![1.0; HOURS] };
        Self { level: signal.prior(), excess: 0.0, squares: 0.0, hours: 0, season }
    }

    /// Whether two weeks were seen.
    pub(crate) fn is_warm(&self) -> bool {
        f64::from(self.hours) >= MEMORY
    }

    /// Events an hour, over all hours.
    pub(crate) fn level(&self, signal: Signal) -> f64 {
        self.level.max(signal.prior())
    }

    /// How much the rate itself varies: a squared coefficient of variation.
    pub(crate) fn cv2(&self, signal: Signal) -> f64 {
        // Of rare events little is learned: an estimate of their own would be noise.
        let (most, weight) = if signal.is_severe() { (0.3, 100.0) } else { (4.0, 0.0) };
        let squares = self.squares + weight;
        let measured = if squares > 0.0 { (self.excess + 0.05 * weight) / squares } else { 0.0 };
        // Until enough is seen the volume of an index varies more than it seems to.
        let least = if signal.is_severe() || self.is_warm() { 0.05 } else { 0.5 };
        measured.clamp(least, most)
    }

    /// What is expected in the `seconds` before `at`.
    pub(crate) fn expected(&self, signal: Signal, at: i64, seconds: i64) -> f64 {
        let hours = seconds as f64 / 3600.0;
        if self.season.is_empty() || !self.is_warm() {
            return self.level(signal) * hours;
        }
        let last = at.div_euclid(3600);
        let count = (seconds / 3600).clamp(1, HOURS as i64);
        let sum: f64 =
            (0..count).map(|back| (self.level * self.factor(last - back)).max(signal.prior())).sum();
        sum / count as f64 * hours
    }

    /// The factor of an hour, smoothed with its neighbours.
    fn factor(&self, hour: i64) -> f64 {
        let of = |hour: i64| self.season.get(hour_of_week(hour)).copied().map_or(1.0, f64::from);
        (of(hour - 1) + 2.0 * of(hour) + of(hour + 1)) / 4.0
    }

    /// Takes in a closed hour.
    pub(crate) fn close(&mut self, signal: Signal, hour: i64, events: u64) {
        let factor = if self.season.is_empty() { 1.0 } else { self.factor(hour) };
        let expected = (self.level * factor).max(1e-3);
        let deviation = (expected + self.cv2(signal) * expected * expected).sqrt();
        let seen = (events as f64).min(expected + ROBUST * deviation + 1.0);
        let kept = 1.0 - 1.0 / MEMORY;
        let difference = seen - expected;
        self.excess = self.excess * kept + difference * difference - expected;
        self.squares = self.squares * kept + expected * expected;
        let step = 1.0 / (f64::from(self.hours) + PRIOR_HOURS).min(MEMORY);
        self.level += (seen / factor.max(0.1) - self.level) * step;
        let level = self.level.max(1e-3);
        if let Some(own) = self.season.get_mut(hour_of_week(hour)) {
            let week = f64::from(*own) + (seen / level - f64::from(*own)) * WEEK;
            *own = week.clamp(0.1, 6.0) as f32;
        }
        self.hours = self.hours.saturating_add(1);
    }
}

/// 0 to 167; which day of the week is the first does not matter.
fn hour_of_week(hour: i64) -> usize {
    usize::try_from(hour.rem_euclid(HOURS as i64)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learns_the_week_and_not_the_wave() {
        let signal = Signal::Uploads;
        let mut baseline = Baseline::new(signal);
        let busy = |hour: i64| hour.rem_euclid(24) < 8;
        for hour in 0..(24 * 7 * 8) {
            baseline.close(signal, hour, if busy(hour) { 80 } else { 20 });
        }
        assert!(baseline.is_warm());
        let (day, night) =
            (baseline.expected(signal, 3 * 3600, 3600), baseline.expected(signal, 16 * 3600, 3600));
        assert!((60.0..95.0).contains(&day) && (15.0..30.0).contains(&night), "{day} {night}");
        let before = baseline.level(signal);
        for hour in 0..12 {
            baseline.close(signal, 24 * 7 * 8 + hour, 100_000);
        }
        assert!(baseline.level(signal) < 1.6 * before, "{before} {}", baseline.level(signal));
    }

    #[test]
    fn what_never_happens_is_still_expected_a_little() {
        let mut baseline = Baseline::new(Signal::Malicious);
        for hour in 0..2000 {
            baseline.close(Signal::Malicious, hour, 0);
        }
        assert!((baseline.expected(Signal::Malicious, 0, 36_000) - 0.2).abs() < 1e-9);
    }
}
