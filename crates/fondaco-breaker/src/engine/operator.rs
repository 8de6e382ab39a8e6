//! What operators see of the engine, and do to it.

use super::{Breaker, Held};
use crate::keys::KeyKind;
use crate::measure::Measure;
use crate::rings::Rings;
use crate::signal::Signal;

/// One signal as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// Which.
    pub signal: Signal,
    /// Events of the last hour, and of the last day.
    pub last: [u64; 2],
    /// What was expected in them.
    pub expected: [f64; 2],
    /// Whether the baseline has seen two weeks.
    pub warm: bool,
}

impl Breaker {
    /// An operator takes a measure back: it ends now, and what led to it no longer counts.
    pub fn reset(&mut self, at: i64, measure: Measure) {
        self.turn(at);
        let held = &mut self.held[measure.index()];
        *held = Held { pinned_until: held.pinned_until, ..Held::default() };
        for signal in Signal::ALL.into_iter().filter(|one| one.is_severe() || *one == Signal::Prevented) {
            self.rings[signal.index()] = Rings::default();
        }
        for rings in &mut self.rings {
            rings.turn(self.now);
        }
    }

    /// An operator takes a block back; `false` where the key is not known.
    pub fn unblock(&mut self, kind: KeyKind, key: &str) -> bool {
        self.tables[kind as usize].forget(key)
    }

    /// An operator has a measure left as it is until an instant; one that is over takes the pin out.
    pub fn pin(&mut self, at: i64, measure: Measure, until: i64) {
        self.turn(at);
        self.held[measure.index()].pinned_until = until;
    }

    /// Until when a measure is left as it is, where an operator has pinned it.
    pub fn pinned_until(&self, measure: Measure) -> Option<i64> {
        Some(self.held[measure.index()].pinned_until).filter(|until| *until > self.now)
    }

    /// Until when a measure of the breaker holds.
    pub fn held_until(&self, measure: Measure) -> Option<i64> {
        Some(self.held[measure.index()].until).filter(|until| *until > self.now)
    }

    /// The keys that are blocked.
    pub fn blocked(&self) -> Vec<(KeyKind, &str, i64)> {
        let of = |kind: KeyKind| {
            self.tables[kind as usize]
                .blocked(self.now)
                .map(move |one| (kind, one.key.as_str(), one.blocked_until))
        };
        KeyKind::ALL.into_iter().flat_map(of).collect()
    }

    /// Each signal as it is at an instant, beside what was expected.
    pub fn status(&mut self, at: i64) -> Vec<Status> {
        self.turn(at);
        let spans = [3600, 86_400];
        let one = |signal: Signal| {
            let (rings, baseline) = (&self.rings[signal.index()], &self.baselines[signal.index()]);
            Status {
                signal,
                last: spans.map(|seconds| rings.within(seconds)),
                expected: spans.map(|seconds| baseline.expected(signal, self.now, seconds)),
                warm: baseline.is_warm(),
            }
        };
        Signal::ALL.map(one).into()
    }
}
