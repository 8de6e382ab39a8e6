//! The most downloaded projects, most popular first.

use std::io::Read;

/// The list that this program carries: 15,000 names, one a line, the most downloaded first.
const EMBEDDED: &[u8] = include_bytes!("../data/popular.txt.gz");
/// The words that names are made of: a word and the binary logarithm of its count a line.
const WORDS: &[u8] = include_bytes!("../data/words.txt.gz");

/// Names that a list may hold.
const MOST: usize = 65_536;

/// A list of popular names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Popular {
    /// One name a line.
    text: String,
}

/// A text is no list of popular names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidList {
    /// A line is neither `NAME` nor `RANK<TAB>NAME`.
    #[error("line {0} is neither NAME nor RANK, a tab and NAME")]
    Line(usize),
    /// Too few names for a list that is meant to protect.
    #[error("it has {0} names; a list has 1,000 at least")]
    Short(usize),
    /// A name stands there twice.
    #[error("line {0} repeats a name")]
    Repeated(usize),
}

impl Popular {
    /// Fewest names of a list, so that half a download doesn't replace a whole one.
    pub const FEWEST: usize = 1_000;

    /// The list that this program carries.
    pub fn embedded() -> Self {
        Self { text: inflated(EMBEDDED) }
    }

    /// Reads lines of `NAME` or `RANK<TAB>NAME`, the most popular first; names are normalised. What
    /// comes after the first 65,536 is left out.
    ///
    /// # Errors
    /// When a line is neither, a name repeats, or there are fewer than [`Self::FEWEST`].
    pub fn read(text: &str) -> Result<Self, InvalidList> {
        let mut names = String::new();
        let mut seen = std::collections::HashSet::new();
        for (at, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).take(MOST) {
            let name = match line.split_once('\t') {
                Some((rank, name)) if rank.trim().parse::<u32>().is_ok() => name,
                Some(_) => return Err(InvalidList::Line(at)),
                None => line,
            };
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            let name = name.trim();
            if name.is_empty() || name.len() > 200 || !name.chars().all(plain) {
                return Err(InvalidList::Line(at));
            }
            let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
            let name = parts.collect::<Vec<_>>().join("-").to_ascii_lowercase();
            if name.is_empty() {
                return Err(InvalidList::Line(at));
            }
            names.push_str(&name);
            names.push('\n');
            if !seen.insert(name) {
                return Err(InvalidList::Repeated(at));
            }
        }
        if seen.len() < Self::FEWEST {
            return Err(InvalidList::Short(seen.len()));
        }
        Ok(Self { text: names })
    }

    /// Its names, the most popular first; the first has rank 1.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.text.lines()
    }

    /// A name's rank. Looks at each name: for many questions ask an [`crate::Engine`].
    pub fn rank(&self, name: &str) -> Option<u32> {
        (1..).zip(self.names()).find(|(_, popular)| *popular == name).map(|(rank, _)| rank)
    }

    /// Only the most popular ones.
    #[must_use]
    pub fn first(&self, most: usize) -> Self {
        Self { text: self.names().take(most).flat_map(|name| [name, "\n"]).collect() }
    }

    /// One name a line.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// The embedded list of words.
pub(crate) fn words() -> String {
    inflated(WORDS)
}

/// What is embedded is tested to be whole; if it weren't, nothing would be popular.
fn inflated(bytes: &[u8]) -> String {
    let mut text = String::new();
    let _ = flate2::read::GzDecoder::new(bytes).read_to_string(&mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_list_is_whole() {
        let list = Popular::embedded();
        assert_eq!(list.names().count(), 14_985);
        assert_eq!(list.rank("requests"), Some(6));
        assert_eq!(Popular::read(list.as_str()), Ok(list));
    }

    #[test]
    fn half_a_list_is_none() {
        assert_eq!(Popular::read("requests\n"), Err(InvalidList::Short(1)));
        assert_eq!(Popular::read("<html>\n"), Err(InvalidList::Line(1)));
        assert_eq!(Popular::read("1\tA_b\n2\ta.b\n"), Err(InvalidList::Repeated(2)));
        assert_eq!(Popular::read("x\ta\n"), Err(InvalidList::Line(1)));
    }
}
