use serde::{Deserialize, Serialize};

/// Length of a fine and of a coarse slot, in seconds.
const FINE: i64 = 300;
const COARSE: i64 = 3600;
/// So many of each are kept: a little more than six hours, and seven days.
const FINES: usize = 73;
const COARSES: usize = 169;

/// The lengths of time in which is counted, in seconds, shortest first.
pub(crate) const WINDOWS: [i64; 5] = [900, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600];

/// Those in which accounts are looked at that are made for a wave.
pub(crate) const BURSTS: [i64; 2] = [WINDOWS[0], WINDOWS[1]];

/// Counts of the last hours and days.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rings {
    fine: Ring,
    coarse: Ring,
}

/// Counts by slot; the last is that of `newest`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Ring {
    newest: i64,
    counts: Vec<u32>,
}

impl Ring {
    fn turn(&mut self, slot: i64, most: usize) {
        if slot <= self.newest && !self.counts.is_empty() {
            return;
        }
        let passed = usize::try_from(slot - self.newest).unwrap_or(most).min(most);
        if self.counts.is_empty() || passed >= most {
            self.counts = vec![0];
        } else {
            self.counts.extend(std::iter::repeat_n(0, passed));
            let beyond = self.counts.len().saturating_sub(most);
            self.counts.drain(..beyond);
        }
        self.newest = slot;
    }

    fn last(&self, slots: usize) -> u64 {
        self.counts.iter().rev().take(slots).map(|count| u64::from(*count)).sum()
    }

    fn take_back(&mut self, mut events: u32) {
        for count in self.counts.iter_mut().rev() {
            let taken = events.min(*count);
            *count -= taken;
            events -= taken;
        }
    }
}

impl Rings {
    /// Counts events at an instant that is not before the last.
    pub(crate) fn add(&mut self, at: i64, events: u32) {
        self.turn(at);
        for ring in [&mut self.fine, &mut self.coarse] {
            if let Some(last) = ring.counts.last_mut() {
                *last = last.saturating_add(events);
            }
        }
    }

    /// Time goes on.
    pub(crate) fn turn(&mut self, at: i64) {
        self.fine.turn(at.div_euclid(FINE), FINES);
        self.coarse.turn(at.div_euclid(COARSE), COARSES);
    }

    /// Takes the newest events out again: something else answers for them.
    pub(crate) fn take_back(&mut self, events: u32) {
        self.fine.take_back(events);
        self.coarse.take_back(events);
    }

    /// Events of the last `seconds`, counted in whole slots.
    pub(crate) fn within(&self, seconds: i64) -> u64 {
        let slots = |length: i64| usize::try_from(seconds / length).unwrap_or(0);
        if slots(FINE) < FINES { self.fine.last(slots(FINE)) } else { self.coarse.last(slots(COARSE)) }
    }

    /// Events of the hour before the one of `at`.
    pub(crate) fn hour(&self, hour: i64) -> u64 {
        let back = usize::try_from(self.coarse.newest - hour).unwrap_or(usize::MAX);
        let place = self.coarse.counts.len().checked_sub(1).and_then(|last| last.checked_sub(back));
        place.map_or(0, |place| u64::from(self.coarse.counts[place]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_in_windows_and_forgets() {
        let mut rings = Rings::default();
        let start = 1_700_000_000 / 3600 * 3600;
        for minute in 0..120 {
            rings.add(start + minute * 60, 1);
        }
        assert_eq!((rings.within(900), rings.within(3600), rings.within(6 * 3600)), (15, 60, 120));
        assert_eq!(rings.within(24 * 3600), 120);
        assert_eq!(rings.hour(start / 3600), 60);
        rings.take_back(20);
        assert_eq!((rings.within(900), rings.within(3600), rings.within(7 * 24 * 3600)), (0, 40, 100));
        rings.turn(start + 2 * 24 * 3600);
        assert_eq!(
            (rings.within(6 * 3600), rings.within(24 * 3600), rings.within(7 * 24 * 3600)),
            (0, 0, 100)
        );
        rings.turn(start + 30 * 24 * 3600);
        assert_eq!(rings.within(7 * 24 * 3600), 0);
        assert!(rings.fine.counts.len() <= FINES && rings.coarse.counts.len() <= COARSES);
    }
}
