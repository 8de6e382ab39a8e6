//! Squats, made up: what fitting and measuring need besides real ones.
//!
//! How often each technique comes is how often it was labelled in a public collection of real
//! squats (143 of npm and of the Python index; the counts are in the table). Nothing here is shared
//! with the engine, not even its keyboard.

use fondaco_names::{Engine, TargetKind};

/// A small generator of numbers (SplitMix64, S. Vigna).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ x >> 31
    }

    /// Below `end`; 0 where that is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Omit,
    Add,
    Replace,
    Transpose,
    Repeat,
    LookAlike,
    Separate,
    Plural,
    Order,
    Vowel,
    Number,
}

/// The techniques, and how often each was labelled.
const KINDS: [(Kind, usize); 11] = [
    (Kind::Omit, 27),
    (Kind::Add, 24),
    (Kind::Replace, 28),
    (Kind::Transpose, 22),
    (Kind::Repeat, 11),
    (Kind::LookAlike, 4),
    (Kind::Separate, 7),
    (Kind::Plural, 6),
    (Kind::Order, 2),
    (Kind::Vowel, 2),
    (Kind::Number, 1),
];

/// Keys and the ones around them.
pub(super) const KEYS: &[(char, &str)] = &[
    ('q', "wa"),
    ('w', "qesa"),
    ('e', "wrds"),
    ('r', "etfd"),
    ('t', "rygf"),
    ('y', "tuhg"),
    ('u', "yijh"),
    ('i', "uokj"),
    ('o', "iplk"),
    ('p', "ol"),
    ('a', "qwsz"),
    ('s', "adwxz"),
    ('d', "sfexc"),
    ('f', "dgrcv"),
    ('g', "fhtvb"),
    ('h', "gjybn"),
    ('j', "hkunm"),
    ('k', "jlim"),
    ('l', "kop"),
    ('z', "xas"),
    ('x', "zcsd"),
    ('c', "xvdf"),
    ('v', "cbfg"),
    ('b', "vngh"),
    ('n', "bmhj"),
    ('m', "njk"),
];
pub(super) const LOOK_ALIKE: &[(&str, &str)] = &[
    ("o", "0"),
    ("l", "1"),
    ("i", "1"),
    ("i", "l"),
    ("m", "rn"),
    ("s", "5"),
    ("e", "3"),
    ("w", "vv"),
    ("0", "o"),
    ("1", "l"),
];
const ADDED: &[&str] = &[
    "python", "py", "lib", "api", "client", "sdk", "utils", "dev", "test", "core", "fix", "new", "pro",
    "cli", "tools", "update",
];

/// Of a hundred squats, how many have a word added.
const ADDING: usize = 6;

/// A squat of `target`.
pub(super) fn squat(target: &str, random: &mut Random) -> String {
    let mut name = target.to_owned();
    if random.chance(ADDING) {
        let word = random.pick(ADDED).copied().unwrap_or_default();
        return if random.chance(50) { format!("{target}-{word}") } else { format!("{word}-{target}") };
    }
    for _ in 0..edits(target.len(), random) {
        name = edited(&name, random);
    }
    name.trim_matches('-').replace("--", "-")
}

/// How many edits a name of this length can stand and still be taken for the other. Together with
/// the added words this is as far from the targets as waves of squats are known to be: half of them
/// one edit away, a quarter more than two (the design says it of March 2024).
fn edits(length: usize, random: &mut Random) -> usize {
    match (length, random.below(100)) {
        (0..=5, _) => 1,
        (6..=7, 0..=59) | (_, 0..=44) => 1,
        (6..=7, _) | (_, 45..=76) => 2,
        (8..=9, _) | (_, 77..=93) => 3,
        _ => 4,
    }
}

fn edited(name: &str, random: &mut Random) -> String {
    let total: usize = KINDS.iter().map(|(_, weight)| weight).sum();
    let mut at = random.below(total);
    let kind = KINDS.iter().find(|(_, weight)| {
        let here = at < *weight;
        at = at.saturating_sub(*weight);
        here
    });
    kind.map_or_else(|| name.to_owned(), |(kind, _)| apply(*kind, name, random))
}

fn apply(kind: Kind, name: &str, random: &mut Random) -> String {
    let mut text: Vec<char> = name.chars().collect();
    let at = random.below(text.len());
    match kind {
        Kind::Omit => drop(text.remove(at)),
        Kind::Add => {
            // As a finger slips, or as a machine chooses.
            let near = KEYS.iter().find(|(key, _)| *key == text[at]).map_or("aeinst", |(_, near)| near);
            let letters = if random.chance(50) { near } else { "abcdefghijklmnopqrstuvwxyz" };
            let letters: Vec<char> = letters.chars().collect();
            let letter = random.pick(&letters).copied().unwrap_or('e');
            text.insert((at + random.below(2)).min(text.len()), letter);
        }
        Kind::Replace => {
            let near = KEYS.iter().find(|(key, _)| *key == text[at]).map_or("aeinst", |(_, near)| near);
            let letters = if random.chance(70) { near } else { "abcdefghijklmnopqrstuvwxyz" };
            let letters: Vec<char> = letters.chars().collect();
            text[at] = random.pick(&letters).copied().unwrap_or('e');
        }
        Kind::Transpose if text.len() > 1 => {
            let at = at.min(text.len() - 2);
            text.swap(at, at + 1);
        }
        Kind::Repeat => text.insert(at, text[at]),
        Kind::LookAlike => {
            let fitting: Vec<_> = LOOK_ALIKE.iter().filter(|(seen, _)| name.contains(seen)).collect();
            return random.pick(&fitting).map_or_else(|| name.to_owned(), |(a, b)| name.replacen(a, b, 1));
        }
        Kind::Separate if name.contains('-') => return name.replacen('-', "", 1),
        Kind::Separate => text.insert(at.max(1), '-'),
        Kind::Plural => match text.last() {
            Some('s') => drop(text.pop()),
            _ => text.push('s'),
        },
        Kind::Order => {
            let words: Vec<&str> = name.split('-').collect();
            return words.into_iter().rev().collect::<Vec<_>>().join("-");
        }
        Kind::Vowel => {
            let vowels: Vec<usize> = (0..text.len()).filter(|at| "aeiou".contains(text[*at])).collect();
            if let (Some(at), Some(vowel)) = (random.pick(&vowels), random.pick(&['a', 'e', 'i', 'o', 'u'])) {
                text[*at] = *vowel;
            }
        }
        Kind::Number => text.push(char::from(b'2' + random.below(3) as u8)),
        Kind::Transpose => {}
    }
    text.into_iter().collect()
}

/// Whom squats are made of.
pub(crate) struct Victims<'t> {
    /// Popular names with their ranks, in order.
    pub(super) popular: Vec<(u32, &'t str)>,
    /// Modules, import names and foreign tools.
    pub(super) others: Vec<&'t str>,
}

/// Of a hundred squats of popular names, how many are of any, whatever its rank.
const EVENLY: usize = 15;
/// From this length on every target that is drawn is taken; of shorter ones a share, by length.
const LONG: usize = 16;
/// Of a hundred squats, how many are of the others.
const OF_OTHERS: usize = 3;

impl<'t> Victims<'t> {
    /// The targets of an engine on one side of the split.
    pub(crate) fn of(engine: &'t Engine, side: impl Fn(&str) -> bool) -> Self {
        let (mut popular, mut others) = (Vec::new(), Vec::new());
        for (name, kind, rank) in engine.targets().filter(|(name, ..)| name.len() >= 4 && side(name)) {
            if kind == TargetKind::Popular { popular.push((rank, name)) } else { others.push(name) }
        }
        popular.sort_unstable();
        Self { popular, others }
    }

    /// Most targets are drawn by rank, evenly over its logarithm: squats are of what is much used.
    fn draw(&self, random: &mut Random) -> Option<&'t str> {
        if random.chance(OF_OTHERS) {
            return random.pick(&self.others).copied();
        }
        if random.chance(EVENLY) {
            return random.pick(&self.popular).map(|(_, name)| *name);
        }
        let most = self.popular.last().map_or(1, |(rank, _)| *rank);
        let share = random.below(1 << 20) as f64 / f64::from(1 << 20);
        let rank = f64::from(most).powf(share) as u32;
        let at = self.popular.partition_point(|(other, _)| *other < rank);
        self.popular.get(at).map(|(_, name)| *name)
    }

    /// Up to `count` squats with their targets; none of them is `taken`.
    pub(crate) fn squats(
        &self,
        count: usize,
        seed: u64,
        taken: impl Fn(&str) -> bool,
    ) -> Vec<(String, &'t str)> {
        let mut random = Random::new(seed);
        let mut made = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..count * 20 {
            if made.len() == count {
                break;
            }
            let Some(target) = self.draw(&mut random) else { continue };
            // Who types more mistypes more, and there are more ways to do it.
            if random.below(LONG) >= target.len() {
                continue;
            }
            let name = squat(target, &mut random);
            if name != target && !name.is_empty() && !taken(&name) && seen.insert(name.clone()) {
                made.push((name, target));
            }
        }
        made
    }
}
