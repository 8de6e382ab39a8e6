//! What is measured beside: plain edit distance to the popular names, and typomania, the checks that
//! the registry of Rust's crates runs.

use std::collections::HashSet;

use fondaco_names::Popular;
use typomania::checks::{Bitflips, Omitted, SwappedWords, Typos};
use typomania::{AuthorSet, Corpus, Harness, Package};

use super::generate::{KEYS, LOOK_ALIKE};

/// Characters of normalised names.
const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyz0123456789-";

/// Popular names by their length.
pub(super) struct Baseline<'p> {
    by_length: Vec<Vec<(&'p [u8], u64)>>,
}

fn letters(text: &[u8]) -> u64 {
    text.iter().fold(0, |bits, byte| bits | 1 << (byte % 64))
}

impl<'p> Baseline<'p> {
    pub(super) fn new(popular: &'p Popular) -> Self {
        let mut by_length = vec![Vec::new(); 256];
        for name in popular.names().map(str::as_bytes) {
            by_length[name.len().min(255)].push((name, letters(name)));
        }
        Self { by_length }
    }

    /// Whether a name is within `most` edits of a popular one and is none itself.
    pub(super) fn flags(&self, name: &str, most: usize) -> bool {
        let name = name.as_bytes();
        let own = letters(name);
        let near = name.len().saturating_sub(most)..=(name.len() + most).min(255);
        let mut is_near = false;
        for (popular, theirs) in near.filter_map(|length| self.by_length.get(length)).flatten() {
            if *popular == name {
                return false;
            }
            let differing = (own & !theirs).count_ones().max((theirs & !own).count_ones()) as usize;
            is_near = is_near || differing <= most && distance(name, popular) <= most;
        }
        is_near
    }
}

/// Optimal string alignment, by the textbook.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (above[j] + usize::from(x != y)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

/// typomania with all of its checks, against the popular names.
pub(super) struct Typomania(Harness<Names>);

impl Typomania {
    pub(super) fn new(popular: &Popular) -> Self {
        let names = Names(popular.names().map(str::to_owned).collect());
        let typos = |key: char| -> Vec<String> {
            let near = KEYS.iter().filter(|(own, _)| *own == key).flat_map(|(_, near)| near.chars());
            let alike = LOOK_ALIKE.iter().filter(|(seen, _)| seen.chars().eq([key]));
            near.map(String::from).chain(alike.map(|(_, other)| (*other).to_owned())).collect()
        };
        let harness = Harness::builder()
            .with_check(Bitflips::new(ALPHABET, popular.names()))
            .with_check(Omitted::new(ALPHABET))
            .with_check(SwappedWords::new("-"))
            .with_check(Typos::new(ALPHABET.chars().map(|key| (key, typos(key)))))
            .build(names);
        Self(harness)
    }

    /// Whether a check says that a name squats a popular one, and it is none itself.
    pub(super) fn flags(&self, name: &str) -> anyhow::Result<bool> {
        Ok(!self.0.check_package(name, Box::new(Nobodys))?.is_empty())
    }
}

/// The popular names as typomania sees them.
struct Names(HashSet<String>);

impl Corpus for Names {
    fn contains_name(&self, name: &str) -> typomania::Result<bool> {
        Ok(self.0.contains(name))
    }

    fn get(&self, name: &str) -> typomania::Result<Option<&dyn Package>> {
        Ok(self.0.contains(name).then_some(&Nobodys))
    }
}

/// A package of which only the name is known.
struct Nobodys;

impl Package for Nobodys {
    fn authors(&self) -> &dyn AuthorSet {
        self
    }

    fn description(&self) -> Option<&str> {
        None
    }

    fn shared_authors(&self, _other: &dyn AuthorSet) -> bool {
        false
    }
}

impl AuthorSet for Nobodys {
    fn contains(&self, _author: &str) -> bool {
        false
    }
}
