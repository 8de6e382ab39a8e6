//! Which edits make one name of another.

use crate::spelling::MAX_LEN;
use crate::techniques::{homoglyph, keyboard, phonetics};

/// One edit that was made to the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// This character was added.
    Inserted(u8),
    /// This character was left out.
    Deleted(u8),
    /// The first character became the second.
    Replaced(u8, u8),
    /// Two neighbours changed places.
    Swapped,
    /// One character became two, or two one, that look or sound alike.
    Spelt,
}

/// An edit where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edit<'t> {
    /// What was done.
    pub(crate) change: Change,
    /// The target's text.
    pub(crate) target: &'t [u8],
    /// The name's text.
    pub(crate) name: &'t [u8],
    /// Where in the target.
    pub(crate) in_target: usize,
    /// Where in the name.
    pub(crate) in_name: usize,
    /// Characters of the target that it took.
    taken: usize,
    /// Characters of the name that it gave.
    given: usize,
}

fn beside(text: &[u8], at: usize, byte: u8) -> bool {
    text.get(at + 1) == Some(&byte) || at.checked_sub(1).is_some_and(|before| text.get(before) == Some(&byte))
}

fn ends_word(text: &[u8], at: usize) -> bool {
    at > 0 && text.get(at + 1).is_none_or(|next| *next == b'-')
}

impl Edit<'_> {
    /// Whether the same character stands beside it in the name.
    pub(crate) fn beside_in_name(&self, byte: u8) -> bool {
        beside(self.name, self.in_name, byte)
    }

    /// Whether the same character stands beside it in the target.
    pub(crate) fn beside_in_target(&self, byte: u8) -> bool {
        beside(self.target, self.in_target, byte)
    }

    /// What stands before and behind it in the name.
    pub(crate) fn neighbours_in_name(&self) -> [Option<u8>; 2] {
        let before = self.in_name.checked_sub(1).and_then(|at| self.name.get(at));
        [before.copied(), self.name.get(self.in_name + 1).copied()]
    }

    /// Whether it is the last character of a word of the name.
    pub(crate) fn ends_word_in_name(&self) -> bool {
        ends_word(self.name, self.in_name)
    }

    /// Whether it is the last character of a word of the target.
    pub(crate) fn ends_word_in_target(&self) -> bool {
        ends_word(self.target, self.in_target)
    }

    /// Whether it makes one number of another.
    pub(crate) fn is_within_number(&self) -> bool {
        let beside_digit = |text: &[u8], at: usize| (b'0'..=b'9').any(|digit| beside(text, at, digit));
        match self.change {
            Change::Replaced(a, b) => a.is_ascii_digit() && b.is_ascii_digit(),
            Change::Inserted(a) => a.is_ascii_digit() && beside_digit(self.name, self.in_name),
            Change::Deleted(a) => a.is_ascii_digit() && beside_digit(self.target, self.in_target),
            Change::Swapped => self.taken().iter().all(u8::is_ascii_digit),
            Change::Spelt => false,
        }
    }

    /// The characters of the target that it took.
    pub(crate) fn taken(&self) -> &[u8] {
        self.target.get(self.in_target..self.in_target + self.taken).unwrap_or_default()
    }

    /// The characters of the name that it gave.
    pub(crate) fn given(&self) -> &[u8] {
        self.name.get(self.in_name..self.in_name + self.given).unwrap_or_default()
    }

    /// Whether it touches the first character of either name.
    pub(crate) fn is_first(&self) -> bool {
        self.in_target == 0 || self.in_name == 0
    }

    /// Whether it touches the last character of either name.
    pub(crate) fn is_last(&self) -> bool {
        self.in_target + self.taken.max(1) >= self.target.len()
            || self.in_name + self.given.max(1) >= self.name.len()
    }
}

const WIDTH: usize = MAX_LEN + 1;
/// What an edit costs, in hundredths: likely slips less, so that they are preferred among equals.
const FULL: u16 = 100;
const LIKELY: u16 = 90;
const REPEATED: u16 = 80;
const SEPARATOR: u16 = 50;
const SPELT: u16 = 95;

/// A step through the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Same,
    Replace,
    Insert,
    Delete,
    Swap,
    /// Characters of the target and of the name.
    Spell(u8, u8),
}

/// The table, kept from comparison to comparison.
#[derive(Debug, Clone)]
pub(crate) struct Table(Vec<(u16, Step)>);

impl Default for Table {
    fn default() -> Self {
        Self(vec![(0, Step::Same); WIDTH * WIDTH])
    }
}

impl Table {
    /// Fills `edits` with the cheapest edits that make `name` of `target`, from the end on. Both are
    /// at most [`MAX_LEN`] long.
    pub(crate) fn align<'t>(&mut self, target: &'t [u8], name: &'t [u8], edits: &mut Vec<Edit<'t>>) {
        edits.clear();
        let same = target.iter().zip(name).take_while(|(a, b)| a == b).count();
        // A character of context stays, for pairs that look or sound like one.
        let start = same.saturating_sub(1);
        let (a, b) = (target.get(start..).unwrap_or_default(), name.get(start..).unwrap_or_default());
        let shorter = a.len().min(b.len());
        let same = a.iter().rev().zip(b.iter().rev()).take(shorter).take_while(|(a, b)| a == b).count();
        let end = same.saturating_sub(1);
        let (a, b) = (a.get(..a.len() - end).unwrap_or_default(), b.get(..b.len() - end).unwrap_or_default());
        self.fill(a, b);
        let (mut i, mut j) = (a.len(), b.len());
        while i > 0 || j > 0 {
            let step = self.0[i * WIDTH + j].1;
            let (taken, given) = match step {
                Step::Same | Step::Replace => (1, 1),
                Step::Insert => (0, 1),
                Step::Delete => (1, 0),
                Step::Swap => (2, 2),
                Step::Spell(taken, given) => (usize::from(taken), usize::from(given)),
            };
            (i, j) = (i - taken, j - given);
            let change = match step {
                Step::Same => continue,
                Step::Replace => Change::Replaced(a[i], b[j]),
                Step::Insert => Change::Inserted(b[j]),
                Step::Delete => Change::Deleted(a[i]),
                Step::Swap => Change::Swapped,
                Step::Spell(..) => Change::Spelt,
            };
            edits.push(Edit { change, target, name, in_target: start + i, in_name: start + j, taken, given });
        }
    }

    fn fill(&mut self, a: &[u8], b: &[u8]) {
        let table = &mut self.0;
        table[0] = (0, Step::Same);
        for (j, byte) in b.iter().enumerate() {
            table[j + 1] = (table[j].0 + lone(b, j, *byte), Step::Insert);
        }
        for (i, byte) in a.iter().enumerate() {
            let row = (i + 1) * WIDTH;
            table[row] = (table[row - WIDTH].0 + lone(a, i, *byte), Step::Delete);
            for (j, other) in b.iter().enumerate() {
                let at = row + j + 1;
                let (cost, step) =
                    if byte == other { (0, Step::Same) } else { (replacing(*byte, *other), Step::Replace) };
                let mut best = (table[at - WIDTH - 1].0 + cost, step);
                let mut offer = |cost: u16, step| {
                    if cost < best.0 {
                        best = (cost, step);
                    }
                };
                offer(table[at - 1].0 + lone(b, j, *other), Step::Insert);
                offer(table[at - WIDTH].0 + lone(a, i, *byte), Step::Delete);
                if i > 0 && j > 0 && byte != other && *byte == b[j - 1] && a[i - 1] == *other {
                    offer(table[at - 2 * WIDTH - 2].0 + LIKELY, Step::Swap);
                }
                if j > 0 && is_spelt(&a[i..=i], &b[j - 1..=j]) {
                    offer(table[at - WIDTH - 2].0 + SPELT, Step::Spell(1, 2));
                }
                if i > 0 && is_spelt(&a[i - 1..=i], &b[j..=j]) {
                    offer(table[at - 2 * WIDTH - 1].0 + SPELT, Step::Spell(2, 1));
                }
                table[at] = best;
            }
        }
    }
}

fn is_spelt(a: &[u8], b: &[u8]) -> bool {
    homoglyph::look_alike(a, b) || phonetics::sound_alike(a, b)
}

fn lone(text: &[u8], at: usize, byte: u8) -> u16 {
    match byte {
        b'-' => SEPARATOR,
        _ if beside(text, at, byte) => REPEATED,
        _ => FULL,
    }
}

fn replacing(a: u8, b: u8) -> u16 {
    if keyboard::adjacent(a, b) || homoglyph::alike(a, b) { LIKELY } else { FULL }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::techniques::{self, Technique};

    fn edits(target: &str, name: &str) -> Vec<Technique> {
        let (mut table, mut edits) = (Table::default(), Vec::new());
        table.align(target.as_bytes(), name.as_bytes(), &mut edits);
        edits.iter().rev().map(techniques::name).collect()
    }

    #[test]
    fn each_edit_has_its_name() {
        use Technique::*;
        for (target, name, expected) in [
            ("requests", "reqeusts", Transposition),
            ("requests", "requestts", Doubling),
            ("pillow", "pilow", Undoubling),
            ("requests", "reqests", Omission),
            ("requests", "rwquests", Keyboard),
            ("requests", "requezsts", FatFinger),
            ("colorama", "co1orama", Homoglyph),
            ("numpy", "nurnpy", Homoglyph),
            ("graphql", "grafql", Phonetic),
            ("colorama", "kolorama", Phonetic),
            ("requests", "request", Plural),
            ("numpy", "numpys", Plural),
            ("scikit-learn", "scikitlearn", Separator),
            ("urllib3", "urllib4", Digit),
            ("requests", "reqaests", Vowel),
            ("requests", "rekuests", Phonetic),
            ("requests", "requmests", Insertion),
            ("selenium", "seqenium", Substitution),
            ("selenium", "selenaum", Vowel),
            ("selenium", "semenium", Bitflip),
        ] {
            assert_eq!(edits(target, name), [expected], "{target} {name}");
        }
        assert_eq!(edits("requests", "requests"), []);
        assert_eq!(edits("", "ab").len(), 2);
    }
}
