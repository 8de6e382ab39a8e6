//! Which words names are made of, and how much a name looks made of words.
//!
//! What separates a squat from an innocent near name is mostly this: the innocent one is made of
//! words (`flask-core`), the squat breaks one (`flsak-cors`).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use crate::index::hash;
use crate::popular;
use crate::spelling::MAX_LEN;

/// A hasher for keys that are hashes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        // The table of the standard library looks at the topmost bits first.
        self.0 = value.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    }
}

/// A map whose keys are hashes.
pub(crate) type ByHash<T> = HashMap<u64, T, BuildHasherDefault<Hashed>>;

/// Longest word that is known, in bytes.
const LONGEST: usize = 20;
/// Costs are in nats; that of a digit, and of a letter of which nothing is known.
const DIGIT: f32 = 1.2;
const UNKNOWN: f32 = 5.0;
/// What it costs to leave the known words.
const STRANGE: f32 = 2.0;

/// The words that names are made of.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    costs: ByHash<f32>,
    /// What a word would cost that one name holds.
    rarest: f32,
}

/// How many names, as a power of two, hold a word that anybody may call something by.
const COMMON: f32 = 3.0;

/// Whether a name is a word that many projects are named with: `editor`, unlike `pyfiglet`.
pub fn is_common_word(name: &str) -> bool {
    let words = Words::carried();
    let cost = words.costs.get(&hash(name.as_bytes()));
    cost.is_some_and(|cost| words.rarest - cost >= COMMON * std::f32::consts::LN_2 - 0.01)
}

impl Words {
    /// Those that this program carries, read once when they are first needed.
    pub(crate) fn carried() -> &'static Self {
        static CARRIED: LazyLock<Words> = LazyLock::new(|| Words::read(&popular::words()));
        &CARRIED
    }

    /// Reads lines of a word and the binary logarithm of how many names hold it.
    pub(crate) fn read(lines: &str) -> Self {
        let parsed = lines.lines().filter_map(|line| {
            let (word, power) = line.split_once(' ')?;
            Some((word.as_bytes(), power.parse::<f32>().ok()?))
        });
        let parsed: Vec<(&[u8], f32)> = parsed.collect();
        let total: f32 = parsed.iter().map(|(_, power)| power.exp2()).sum();
        let mut costs = ByHash::with_capacity_and_hasher(parsed.len(), BuildHasherDefault::default());
        for (word, power) in &parsed {
            costs.insert(hash(word), total.max(1.0).ln() - power * std::f32::consts::LN_2);
        }
        Self { costs, rarest: total.max(1.0).ln() }
    }

    /// Whether this is a known word.
    pub(crate) fn has(&self, word: &[u8]) -> bool {
        self.costs.contains_key(&hash(word))
    }

    /// How surprising a name is, whether known words of at least three letters (and digits) make up
    /// all of it, and where its parts begin; `surprises` are those of its letters, in nats.
    pub(crate) fn cost(&self, name: &[u8], surprises: &[f32]) -> Cost {
        let mut sum = Cost { nats: 0.0, is_words: true, parts: 0 };
        let mut start = 0;
        for word in name.split(|byte| *byte == b'-') {
            let cost = self.cost_of_word(word, surprises.get(start..).unwrap_or_default());
            sum.nats += cost.nats;
            sum.is_words &= cost.is_words;
            sum.parts |= cost.parts.checked_shl(start as u32).unwrap_or_default();
            start += word.len() + 1;
        }
        sum
    }

    fn cost_of_word(&self, text: &[u8], surprises: &[f32]) -> Cost {
        let text = text.get(..MAX_LEN).unwrap_or(text);
        let mut best = [Way { cost: f32::INFINITY, is_words: false, in_word: true, from: 0 }; MAX_LEN + 1];
        best[0] = Way { cost: 0.0, is_words: true, in_word: true, from: 0 };
        for start in 0..text.len() {
            let way = best[start];
            let byte = text[start];
            let (step, is_known) = match byte {
                b'0'..=b'9' => (DIGIT, true),
                b'a'..=b'z' => (surprises.get(start).copied().unwrap_or(UNKNOWN), false),
                _ => (UNKNOWN, false),
            };
            let entering = if !is_known && way.in_word { STRANGE } else { 0.0 };
            let cost = way.cost + step + entering;
            let next = Way { cost, is_words: way.is_words && is_known, in_word: is_known, from: start as u8 };
            offer(&mut best[start + 1], next);
            let mut hash = 0u64;
            for (end, byte) in text.iter().enumerate().skip(start).take(LONGEST) {
                hash = crate::index::longer(hash, *byte);
                if let Some(word) = self.costs.get(&hash) {
                    let long = end + 1 - start >= 3 || end + 1 - start == text.len();
                    let (cost, is_words) = (way.cost + word, way.is_words && long);
                    offer(&mut best[end + 1], Way { cost, is_words, in_word: true, from: start as u8 });
                }
            }
        }
        let (mut at, mut parts) = (text.len(), 1u64);
        while at > 0 {
            let (way, before) = (best[at], usize::from(best[at].from));
            // Letters that belong to no word are one part together.
            if way.in_word || best[before].in_word {
                parts |= 1u64.checked_shl(before as u32).unwrap_or_default();
            }
            at = before;
        }
        Cost { nats: best[text.len()].cost, is_words: best[text.len()].is_words, parts }
    }
}

/// What a name costs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// In nats.
    pub(crate) nats: f32,
    /// Whether known words make up all of it.
    pub(crate) is_words: bool,
    /// A bit for each place where a part begins: a known word, a digit, or what is neither.
    pub(crate) parts: u64,
}

impl Cost {
    /// The part around a place: where it begins and ends.
    pub(crate) fn part(&self, at: usize, length: usize) -> (usize, usize) {
        let at = at.min(length.saturating_sub(1)).min(63);
        let before = self.parts & (u64::MAX >> (63 - at));
        let start = 63 - before.leading_zeros().min(63) as usize;
        let behind = self.parts & !(u64::MAX >> (63 - at));
        (start, if behind == 0 { length } else { behind.trailing_zeros() as usize })
    }
}

/// The best way to a place.
#[derive(Debug, Clone, Copy)]
struct Way {
    cost: f32,
    is_words: bool,
    /// Whether the last step was a known word or a digit.
    in_word: bool,
    from: u8,
}

fn offer(place: &mut Way, way: Way) {
    if way.cost < place.cost {
        *place = way;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cheap_and_garbage_is_dear() {
        let words = Words::read("flask 9\ncore 9\ncors 6\nrequests 8\n");
        let cost = |name: &[u8]| words.cost(name, &[3.0; 16]);
        let core = cost(b"flask-core");
        assert!(core.is_words);
        let glued = cost(b"flaskcore2");
        assert!(glued.is_words && glued.nats < core.nats + 4.0);
        assert_eq!([0, 4, 5, 8, 9].map(|at| glued.part(at, 10)), [(0, 5), (0, 5), (5, 9), (5, 9), (9, 10)]);
        let broken = cost(b"flsak-core");
        assert!(!broken.is_words && broken.nats > core.nats + 4.0);
        assert_eq!((broken.part(2, 10), broken.part(7, 10)), ((0, 6), (6, 10)));
        assert_eq!(cost(b"").nats, 0.0);
    }
}
