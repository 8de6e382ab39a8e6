//! Which words names are made of, and how much a name looks made of words.
//!
//! What separates a squat from an innocent near name is mostly this: the innocent one is made of
//! words (`flask-core`), the squat breaks one (`flsak-cors`).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::index::hash;
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
    /// How surprising a letter is after two others, in nats; letters are 0 to 25, anything else 26.
    follows: Vec<f32>,
}

/// Where the surprise of a letter after two others is kept.
fn place(first: usize, second: usize, third: usize) -> usize {
    (first * 27 + second) * 27 + third
}

/// How much pairs of letters count where a triple is rare.
const SMOOTHING: f32 = 3.0;

fn surprises(words: &[(&[u8], f32)]) -> Vec<f32> {
    let mut pairs = [[1f32; 27]; 27];
    let mut triples = vec![0f32; 27 * 27 * 27];
    for (word, power) in words {
        let weight = 1.0 + power / 2.0;
        let (mut first, mut second) = (26, 26);
        for byte in *word {
            let third = letter(*byte);
            pairs[second][third] += weight;
            triples[place(first, second, third)] += weight;
            (first, second) = (second, third);
        }
    }
    for first in 0..27 {
        for second in 0..27 {
            let row = place(first, second, 0)..place(first, second, 0) + 27;
            let (seen, pair): (f32, f32) = (triples[row.clone()].iter().sum(), pairs[second].iter().sum());
            for (count, after) in triples[row].iter_mut().zip(pairs[second]) {
                *count = -((*count + SMOOTHING * after / pair) / (seen + SMOOTHING)).ln();
            }
        }
    }
    triples
}

fn letter(byte: u8) -> usize {
    if byte.is_ascii_lowercase() { usize::from(byte - b'a') } else { 26 }
}

impl Words {
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
        Self { costs, follows: surprises(&parsed) }
    }

    /// How surprising the letters of a name are, in nats, and the strangest of them.
    pub(crate) fn letters(&self, name: &[u8]) -> (f32, f32) {
        let (mut first, mut second) = (26, 26);
        name.iter().fold((0.0, 0.0), |(sum, most), byte| {
            let third = letter(*byte);
            let surprise = if third == 26 { 1.0 } else { self.follows[place(first, second, third)] };
            (first, second) = (second, third);
            (sum + surprise, surprise.max(most))
        })
    }

    /// Whether this is a known word.
    pub(crate) fn has(&self, word: &[u8]) -> bool {
        self.costs.contains_key(&hash(word))
    }

    /// How surprising a name is, in nats, and whether known words of at least three letters (and
    /// digits) make up all of it.
    pub(crate) fn cost(&self, name: &[u8]) -> (f32, bool) {
        name.split(|byte| *byte == b'-').fold((0.0, true), |(sum, all), word| {
            let (cost, known) = self.cost_of_word(word);
            (sum + cost, all && known)
        })
    }

    fn cost_of_word(&self, text: &[u8]) -> (f32, bool) {
        let text = text.get(..MAX_LEN).unwrap_or(text);
        // Best ways to each place: the cost, whether all was known, whether the last letter was.
        let mut best = [(f32::INFINITY, false, true); MAX_LEN + 1];
        best[0] = (0.0, true, true);
        for start in 0..text.len() {
            let (cost, known, in_word) = best[start];
            let byte = text[start];
            let before = |back| if start < back { 26 } else { letter(text[start - back]) };
            let (step, is_known) = match byte {
                b'0'..=b'9' => (DIGIT, true),
                b'a'..=b'z' => (self.follows[place(before(2), before(1), letter(byte))], false),
                _ => (UNKNOWN, false),
            };
            let entering = if !is_known && in_word { STRANGE } else { 0.0 };
            offer(&mut best[start + 1], (cost + step + entering, known && is_known, is_known));
            let mut hash = 0u64;
            for (end, byte) in text.iter().enumerate().skip(start).take(LONGEST) {
                hash = crate::index::longer(hash, *byte);
                if let Some(word) = self.costs.get(&hash) {
                    let long = end + 1 - start >= 3 || end + 1 - start == text.len();
                    offer(&mut best[end + 1], (cost + word, known && long, true));
                }
            }
        }
        (best[text.len()].0, best[text.len()].1)
    }
}

fn offer(place: &mut (f32, bool, bool), way: (f32, bool, bool)) {
    if way.0 < place.0 {
        *place = way;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cheap_and_garbage_is_dear() {
        let words = Words::read("flask 9\ncore 9\ncors 6\nrequests 8\n");
        let (core, known) = words.cost(b"flask-core");
        assert!(known);
        let (glued, known) = words.cost(b"flaskcore2");
        assert!(known && glued < core + 4.0);
        let (broken, known) = words.cost(b"flsak-core");
        assert!(!known && broken > core + 4.0);
        assert_eq!(words.cost(b""), (0.0, true));
    }
}
