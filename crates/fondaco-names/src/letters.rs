//! How usual the letters of a name are: how likely each is after the five before it.
//!
//! What fingers slip into is letters that no name has (`flsak-cors`); what people think up reads
//! like other names. Chances are those of up to six letters in a row in 374,000 names of the index,
//! smoothed after S. Chen and J. Goodman, "An empirical study of smoothing techniques for language
//! modeling", 1999, and kept as a back-off table: what is not in it is as likely as after one letter
//! less, and a little less than that.

use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;

/// The table that this program carries, made by `cargo xtask names --lists`.
const EMBEDDED: &[u8] = include_bytes!("../data/letters.gz");

/// Bits of a symbol in a key.
const SYMBOL_BITS: u32 = 5;
/// Bits of a key by which entries are found at once; the others are searched for.
const HEAD_BITS: u32 = 3 * SYMBOL_BITS;
const TAIL_BITS: u32 = 3 * SYMBOL_BITS;
/// Parts of a nat that numbers are kept in.
const PARTS: f32 = 16.0;
/// What stands before the first letter and behind the last.
const EDGE: u8 = 29;

/// A symbol from 1 on: letters, digits as one, everything else as one.
fn symbol(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => byte - b'a' + 1,
        b'0'..=b'9' => 27,
        _ => 28,
    }
}

/// Symbols in a row; the last lies in the lowest bits, and above the first nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gram(u32);

impl Gram {
    /// Most symbols.
    pub const LONGEST: u32 = 6;

    /// All of up to six symbols that end at the same letter of a name, the shortest first, letter
    /// by letter; the end of the name counts as a letter.
    pub fn of(name: &[u8]) -> impl Iterator<Item = impl Iterator<Item = Self>> {
        steps(name).map(|(before, symbol)| {
            let known = Self(before).symbols();
            (0..=known.min(Self::LONGEST - 1)).map(move |size| Self(before).last(size).followed_by(symbol))
        })
    }

    /// How many symbols it has.
    pub fn symbols(self) -> u32 {
        (u32::BITS - self.0.leading_zeros()).div_ceil(SYMBOL_BITS)
    }

    /// All symbols but the last: what that is to be told from.
    #[must_use]
    pub fn context(self) -> Self {
        Self(self.0 >> SYMBOL_BITS)
    }

    /// All symbols but the first.
    #[must_use]
    pub fn shorter(self) -> Self {
        self.last(self.symbols().saturating_sub(1))
    }

    fn last(self, symbols: u32) -> Self {
        Self(self.0 & ((1 << (symbols * SYMBOL_BITS)) - 1))
    }

    fn followed_by(self, symbol: u8) -> Self {
        Self(self.0 << SYMBOL_BITS | u32::from(symbol))
    }
}

/// What precedes each letter of a name, as a key, and the letter.
fn steps(name: &[u8]) -> impl Iterator<Item = (u32, u8)> {
    let all = name.iter().map(|byte| symbol(*byte)).chain([EDGE]);
    all.scan(u32::from(EDGE), |before, symbol| {
        let step = (*before, symbol);
        *before = Gram(*before).last(Gram::LONGEST - 2).followed_by(symbol).0;
        Some(step)
    })
}

/// The table.
#[derive(Debug, Clone)]
pub(crate) struct Letters {
    /// Where the entries of a key's upper bits begin.
    starts: Vec<u32>,
    /// The lower bits of each key, in order.
    tails: Vec<u16>,
    /// How surprising the last symbol is after the others, and what it costs to leave them out as
    /// what precedes another symbol.
    costs: Vec<[u8; 2]>,
}

/// How usual the letters of a name are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usual {
    /// How surprising all of them are, in nats.
    pub(crate) nats: f32,
    /// And the strangest of them.
    pub(crate) strangest: f32,
}

impl Usual {
    /// Takes a further letter.
    pub(crate) fn add(&mut self, surprise: f32) {
        self.nats += surprise;
        self.strangest = self.strangest.max(surprise);
    }
}

impl Letters {
    /// The one that this program carries, read once when it is first needed.
    pub(crate) fn carried() -> &'static Self {
        static CARRIED: LazyLock<Letters> = LazyLock::new(|| {
            let mut packed = Vec::new();
            // What is embedded is tested to be whole; if it weren't, all letters would be alike.
            let _ = GzDecoder::new(EMBEDDED).read_to_end(&mut packed);
            Letters::read(&packed)
        });
        &CARRIED
    }

    /// Reads what [`packed`] writes; stops where that ends.
    fn read(packed: &[u8]) -> Self {
        let mut starts = vec![0u32; (1 << HEAD_BITS) + 1];
        let (mut tails, mut costs) = (Vec::new(), Vec::new());
        let (mut key, mut bytes) = (0u32, packed.iter().copied());
        while let Some(gap) = gap(&mut bytes) {
            let (Some(surprise), Some(backing)) = (bytes.next(), bytes.next()) else { break };
            key = key.saturating_add(gap);
            let Some(count) = starts.get_mut((key >> TAIL_BITS) as usize + 1) else { break };
            *count += 1;
            tails.push((key & ((1 << TAIL_BITS) - 1)) as u16);
            costs.push([surprise, backing]);
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self { starts, tails, costs }
    }

    fn get(&self, gram: Gram) -> Option<[u8; 2]> {
        let head = (gram.0 >> TAIL_BITS) as usize;
        let (start, end) = (*self.starts.get(head)? as usize, *self.starts.get(head + 1)? as usize);
        let tail = (gram.0 & ((1 << TAIL_BITS) - 1)) as u16;
        let at = self.tails.get(start..end)?.binary_search(&tail).ok()?;
        self.costs.get(start + at).copied()
    }

    /// How surprising each letter of a name is, in nats, and last its end.
    pub(crate) fn each(&self, name: &[u8]) -> impl Iterator<Item = f32> {
        steps(name).map(|(before, symbol)| self.surprise(Gram(before), symbol))
    }

    fn surprise(&self, before: Gram, symbol: u8) -> f32 {
        let mut left_out = 0u32;
        for size in (0..=before.symbols()).rev() {
            let context = before.last(size);
            if let Some([surprise, _]) = self.get(context.followed_by(symbol)) {
                return (left_out + u32::from(surprise)) as f32 / PARTS;
            }
            left_out += self.get(context).filter(|_| size > 0).map_or(0, |[_, backing]| u32::from(backing));
        }
        (left_out + u32::from(u8::MAX)) as f32 / PARTS
    }
}

/// One row of the table: the gram, how surprising its last symbol is after the others, and what it
/// costs to leave it out as what precedes another symbol; both in nats.
pub type Row = (Gram, f64, f64);

/// The table as bytes: for each row, in order, how much larger its key is than the one before (seven
/// bits a byte, the lowest first), and both numbers in sixteenths of a nat.
pub fn packed(rows: &mut [Row]) -> Vec<u8> {
    rows.sort_unstable_by_key(|(gram, ..)| *gram);
    let mut bytes = Vec::new();
    let mut before = 0;
    for (gram, surprise, backing) in rows {
        let mut gap = gram.0 - before;
        before = gram.0;
        while gap >= 0x80 {
            bytes.push(gap as u8 | 0x80);
            gap >>= 7;
        }
        bytes.push(gap as u8);
        bytes.extend(
            [*surprise, *backing].map(|nats| (nats * f64::from(PARTS)).round().clamp(0.0, 255.0) as u8),
        );
    }
    bytes
}

/// The next number of seven bits a byte.
fn gap(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let mut gap = 0u32;
    for shift in (0..u32::BITS).step_by(7) {
        let byte = bytes.next()?;
        gap |= u32::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grams_end_at_each_letter() {
        let sizes: Vec<Vec<u32>> =
            Gram::of(b"ab-1").map(|grams| grams.map(Gram::symbols).collect()).collect();
        assert_eq!(
            sizes,
            [
                (1..=2).collect(),
                (1..=3).collect(),
                (1..=4).collect(),
                (1..=5).collect(),
                Vec::from_iter(1..=6)
            ]
        );
        let all: Vec<Gram> = Gram::of(b"abc").flatten().collect();
        assert!(all.iter().all(|gram| gram.symbols() == 1 || all.contains(&gram.shorter())));
    }

    #[test]
    fn what_is_not_in_the_table_is_told_from_less() {
        let gram = |text: &[u8]| text.iter().fold(Gram(0), |gram, byte| gram.followed_by(symbol(*byte)));
        let mut rows = vec![
            (gram(b"a"), 2.0, 0.5),
            (gram(b"b"), 3.0, 0.25),
            (gram(b"ab"), 1.0, 0.125),
            (gram(b"abc"), 0.5, 0.0),
            (gram(b"c"), 4.0, 0.0),
        ];
        let letters = Letters::read(&packed(&mut rows));
        assert_eq!(letters.surprise(gram(b"ab"), symbol(b'c')), 0.5);
        // After `ab` no `a` is known, nor after `b`: both are left out.
        assert_eq!(letters.surprise(gram(b"ab"), symbol(b'a')), 0.125 + 0.25 + 2.0);
        // A letter that is in no row at all.
        assert_eq!(letters.surprise(gram(b"x"), symbol(b'z')), 255.0 / 16.0);
    }

    #[test]
    fn a_table_that_is_cut_off_is_read_so_far() {
        let mut rows: Vec<Row> = (1..2_000).map(|key| (Gram(key * 977), 1.0, 2.0)).collect();
        let bytes = packed(&mut rows);
        for end in [0, 1, 2, 3, 4, 1_000, bytes.len()] {
            let letters = Letters::read(&bytes[..end]);
            assert_eq!(letters.tails.len(), letters.costs.len());
        }
        assert_eq!(Letters::read(&bytes).tails.len(), rows.len());
        // Keys beyond six symbols end it.
        assert!(Letters::read(&[0xFF; 64]).tails.is_empty());
    }

    #[test]
    fn what_is_carried_knows_names_from_slips() {
        let letters = Letters::carried();
        assert!(letters.tails.len() > 50_000);
        for (name, slip) in
            [("requests", "reqeusts"), ("tensorflow", "tnesorflow"), ("flask-cors", "flask-cosr")]
        {
            let [name, slip] = [name, slip].map(|text| {
                let mut usual = Usual::default();
                letters.each(text.as_bytes()).for_each(|surprise| usual.add(surprise));
                usual
            });
            assert!(slip.nats > name.nats + 2.0 && slip.strangest > 3.0, "{name:?} {slip:?}");
        }
    }
}
