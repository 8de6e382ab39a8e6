//! Which targets are near a name, without looking at the others.
//!
//! Pass-Join (G. Li et al., VLDB 2012): a target is cut into one piece more than it may have edits,
//! so at least one piece stands unchanged in whatever was made of it, near its place. The pieces of
//! all targets lie in one table; a name asks for its substrings there. 15,000 targets make some
//! 50,000 entries, and the table is made in a few milliseconds.

use crate::distance::letters;
use crate::spelling::MAX_LEN;

/// How far a name may be from a target whose skeleton has this length, in edits of the skeleton.
/// Short names are near to each other by chance.
pub(crate) const fn reach(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=5 => 1,
        6..=9 => 2,
        10..=15 => 3,
        _ => 4,
    }
}

/// The most that [`reach`] gives.
const MAX_REACH: usize = 4;

/// What a key of the table stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key {
    /// A piece of a skeleton: its number, and the skeleton's length.
    Piece(usize, usize),
    /// The whole name.
    Exact,
    /// How it sounds.
    Sound,
    /// Its words, sorted.
    Words,
    /// The name without a word that people leave out.
    LeftOut,
}

const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

fn mixed(hash: u64, key: Key) -> u64 {
    let salt = match key {
        Key::Piece(number, length) => (number * WIDTH + length) as u64,
        Key::Exact => 1 << 20,
        Key::Sound => 2 << 20,
        Key::Words => 3 << 20,
        Key::LeftOut => 4 << 20,
    };
    let x = (hash ^ salt.wrapping_mul(0xD6E8_FEB8_6659_FD93)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    (x ^ x >> 32).wrapping_mul(0xC4CE_B9FE_1A85_EC53)
}

/// A text's hash, as [`Prefixes`] gives it for parts.
pub(crate) fn hash(text: &[u8]) -> u64 {
    text.iter().fold(0, |hash, byte| longer(hash, *byte))
}

/// The hash of a text with one more byte.
pub(crate) fn longer(hash: u64, byte: u8) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(u64::from(byte) + 1)
}

const WIDTH: usize = MAX_LEN + 1;

/// The hashes of a text's beginnings, from which that of each part follows.
#[derive(Debug, Clone)]
pub(crate) struct Prefixes {
    hashes: [u64; WIDTH],
    powers: [u64; WIDTH],
}

impl Default for Prefixes {
    fn default() -> Self {
        let mut powers = [1u64; WIDTH];
        for at in 1..WIDTH {
            powers[at] = powers[at - 1].wrapping_mul(BASE);
        }
        Self { hashes: [0; WIDTH], powers }
    }
}

impl Prefixes {
    fn set(&mut self, text: &[u8]) {
        for (at, byte) in text.iter().take(MAX_LEN).enumerate() {
            self.hashes[at + 1] = longer(self.hashes[at], *byte);
        }
    }

    fn part(&self, start: usize, length: usize) -> u64 {
        self.hashes[start + length].wrapping_sub(self.hashes[start].wrapping_mul(self.powers[length]))
    }
}

/// Where piece `number` of `pieces` begins and ends.
fn piece(number: usize, pieces: usize, length: usize) -> (usize, usize) {
    (number * length / pieces, (number + 1) * length / pieces)
}

/// A target under a key, in eight bytes so that all of them stay in the processor's cache.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    /// The target's number, and above it some bits of the key.
    packed: u32,
    /// The letters of its skeleton, where the key is a piece of it.
    letters: u32,
}

/// Bits of a target's number in an entry.
const NUMBER_BITS: u32 = 18;
/// Most targets that an index can hold.
pub(crate) const MOST_TARGETS: usize = 1 << NUMBER_BITS;

impl Entry {
    fn tag(hash: u64) -> u32 {
        (hash as u32) >> NUMBER_BITS
    }

    fn has(self, hash: u64) -> bool {
        self.packed >> NUMBER_BITS == Self::tag(hash)
    }

    fn target(self) -> u32 {
        self.packed & (MOST_TARGETS as u32 - 1)
    }
}

/// Collects entries.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    entries: Vec<(u64, Entry)>,
    /// Lengths of skeletons that occur, as bits.
    lengths: u128,
}

impl Builder {
    /// Adds one key of a target.
    pub(crate) fn add(&mut self, text: &[u8], key: Key, target: u32) {
        self.push(mixed(hash(text), key), target, 0);
    }

    fn push(&mut self, hash: u64, target: u32, letters: u32) {
        self.entries.push((hash, Entry { packed: Entry::tag(hash) << NUMBER_BITS | target, letters }));
    }

    /// Adds the pieces of a target's skeleton.
    pub(crate) fn add_skeleton(&mut self, skeleton: &[u8], target: u32) {
        let length = skeleton.len().min(MAX_LEN);
        self.lengths |= 1 << length;
        let (pieces, letters) = (reach(length) + 1, letters(skeleton.iter().copied()));
        for number in 0..pieces {
            let (start, end) = piece(number, pieces, length);
            let piece = hash(skeleton.get(start..end).unwrap_or_default());
            self.push(mixed(piece, Key::Piece(number, length)), target, letters);
            // Two letters that change places over a seam break both pieces by one edit: the first
            // is there as it is then, for the case that further edits have broken all others.
            if let Some((before, [last, next])) =
                skeleton.get(start..=end).filter(|_| end < length).and_then(<[u8]>::split_last_chunk::<2>)
                && last != next
            {
                let piece = longer(hash(before), *next);
                self.push(mixed(piece, Key::Piece(number, length)), target, letters);
            }
        }
    }

    /// The table.
    pub(crate) fn build(self) -> Index {
        let bits = (usize::BITS - self.entries.len().max(2048).leading_zeros() - 1).min(28);
        let shift = 64 - bits;
        let mut starts = vec![0u32; (1 << bits) + 1];
        let mut filter = vec![0u64; 1 << (bits - 2)];
        let mask = (filter.len() * 64 - 1) as u64;
        for (hash, _) in &self.entries {
            starts[(hash >> shift) as usize + 1] += 1;
            filter[(hash & mask) as usize / 64] |= 1 << (hash & 63);
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![Entry::default(); self.entries.len()];
        for (hash, entry) in self.entries {
            let slot = &mut next[(hash >> shift) as usize];
            entries[*slot as usize] = entry;
            *slot += 1;
        }
        Index { filter, starts, entries, shift, mask, lengths: self.lengths }
    }
}

/// The table: a filter of bits, and buckets by the first bits of a key.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    filter: Vec<u64>,
    starts: Vec<u32>,
    entries: Vec<Entry>,
    shift: u32,
    mask: u64,
    lengths: u128,
}

/// What a look-up keeps from one name to the next.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scratch {
    prefixes: Prefixes,
    /// Keys that the filter lets through, each with the edits that its targets may have.
    keys: Vec<(u64, usize)>,
    /// Where their entries begin and end, with their tags.
    ranges: Vec<(u32, u32, u32, usize)>,
    targets: Vec<u32>,
}

impl Index {
    fn is_there(&self, hash: u64) -> bool {
        self.filter[(hash & self.mask) as usize / 64] >> (hash & 63) & 1 == 1
    }

    fn bucket(&self, hash: u64) -> &[Entry] {
        let bucket = (hash >> self.shift) as usize;
        &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }

    /// The targets with this key; a few may be others whose hash is the same.
    pub(crate) fn get(&self, text: &[u8], key: Key) -> impl Iterator<Item = u32> {
        let hash = mixed(hash(text), key);
        let bucket = if self.is_there(hash) { self.bucket(hash) } else { &[] };
        bucket.iter().filter(move |entry| entry.has(hash)).map(|entry| entry.target())
    }

    /// Calls `each` with the targets that share a piece with this skeleton, and whose letters allow
    /// that they are within [`reach`]; some more than once.
    pub(crate) fn near(&self, skeleton: &[u8], scratch: &mut Scratch, mut each: impl FnMut(u32)) {
        self.keys(skeleton, scratch);
        // Everything is asked for before the first is looked at, so that the processor waits for
        // memory once and not each time.
        scratch.ranges.clear();
        scratch.ranges.extend(scratch.keys.iter().map(|(hash, most)| {
            let bucket = (hash >> self.shift) as usize;
            (self.starts[bucket], self.starts[bucket + 1], Entry::tag(*hash), *most)
        }));
        let own = letters(skeleton.iter().copied());
        scratch.targets.clear();
        for (start, end, tag, most) in &scratch.ranges {
            for entry in &self.entries[*start as usize..*end as usize] {
                let (mine, theirs) = (own & !entry.letters, entry.letters & !own);
                let is_tagged = entry.packed >> NUMBER_BITS == *tag;
                if is_tagged && has_at_most(*most, mine) && has_at_most(*most, theirs) {
                    scratch.targets.push(entry.target());
                }
            }
        }
        scratch.targets.iter().copied().for_each(&mut each);
    }

    /// The keys of this skeleton's parts that the filter lets through.
    fn keys(&self, skeleton: &[u8], scratch: &mut Scratch) {
        let length = skeleton.len().min(MAX_LEN);
        scratch.prefixes.set(skeleton);
        scratch.keys.clear();
        for target in length.saturating_sub(MAX_REACH)..=(length + MAX_REACH).min(MAX_LEN) {
            let most = reach(target);
            if self.lengths >> target & 1 == 0 || target.abs_diff(length) > most {
                continue;
            }
            for number in 0..=most {
                let (start, end) = piece(number, most + 1, target);
                let size = end - start;
                let (low, high) = places(start, number, most, (target, length));
                for at in low..=high {
                    if at + size > length {
                        break;
                    }
                    let hash = mixed(scratch.prefixes.part(at, size), Key::Piece(number, target));
                    if self.is_there(hash) {
                        scratch.keys.push((hash, most));
                    }
                }
            }
        }
    }
}

/// Whether at most so many bits are set. Counting them all takes longer on processors without an
/// instruction for it, and the baseline of x86-64 has none.
fn has_at_most(most: usize, mut bits: u32) -> bool {
    for _ in 0..most {
        bits &= bits.wrapping_sub(1);
    }
    bits == 0
}

/// Where an unchanged piece can stand: at most `number` edits are before it, or at most
/// `most - number` behind it (the multi-match-aware selection of Pass-Join).
fn places(start: usize, number: usize, most: usize, (target, length): (usize, usize)) -> (usize, usize) {
    let shifted = (start + length).saturating_sub(target);
    let behind = most - number;
    let low = start.saturating_sub(number).max(shifted.saturating_sub(behind));
    let high = (start + number).min((start + length + behind).saturating_sub(target));
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distance::Pattern;

    proptest::proptest! {
        /// Without transpositions, which may break two pieces, nothing near is missed.
        #[test]
        fn finds_whatever_is_near(target in "[a-f]{4,20}", cuts in proptest::collection::vec((0usize..20, 0u8..3, b'a'..=b'f'), 0..5)) {
            let reach = reach(target.len());
            let mut name = target.clone().into_bytes();
            for (at, kind, byte) in cuts.into_iter().take(reach) {
                let at = at % name.len().max(1);
                match kind {
                    0 => name.insert(at, byte),
                    1 if name.len() > 1 => drop(name.remove(at)),
                    _ => name[at] = byte,
                }
            }
            let mut builder = Builder::default();
            builder.add_skeleton(target.as_bytes(), 7);
            let mut found = false;
            builder.build().near(&name, &mut Scratch::default(), |id| found |= id == 7);
            proptest::prop_assert!(found, "{target} {} {}", String::from_utf8_lossy(&name), Pattern::of(&name).distance(target.as_bytes(), 99).unwrap_or_default());
        }
    }
}
