//! Names that differ in one word only: `aliyun-python-sdk-ecs`, `aliyun-python-sdk-rds`.

use std::hash::BuildHasherDefault;

use crate::index::longer;
use crate::words::ByHash;

/// How many names there are of each family.
#[derive(Debug, Clone, Default)]
pub(crate) struct Families(ByHash<u32>);

/// What stands for the word in which a family's names differ.
const ANY: u8 = b'*';

/// A name's hash without one of its words.
fn without(name: &[u8], start: usize, end: usize) -> u64 {
    let (before, behind) = (name.get(..start), name.get(end..));
    let rest = before.into_iter().flatten().chain(&[ANY]).chain(behind.into_iter().flatten());
    rest.fold(0, |hash, byte| longer(hash, *byte))
}

impl Families {
    /// Of these names.
    pub(crate) fn of<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut sizes = ByHash::with_capacity_and_hasher(32_768, BuildHasherDefault::default());
        for name in names.filter(|name| name.contains('-')) {
            let mut start = 0;
            for word in name.split('-') {
                let end = start + word.len();
                *sizes.entry(without(name.as_bytes(), start, end)).or_default() += 1;
                start = end + 1;
            }
        }
        Self(sizes)
    }

    /// How many names differ from this one in the word that begins at `start` and ends at `end`, itself
    /// among them.
    pub(crate) fn size(&self, name: &[u8], (start, end): (usize, usize)) -> u32 {
        self.0.get(&without(name, start, end)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_a_word_are_a_family() {
        let families = Families::of(["acme-sdk-a", "acme-sdk-b", "acme-kit-b", "acme"].into_iter());
        assert_eq!(families.size(b"acme-sdk-a", (9, 10)), 2);
        assert_eq!(families.size(b"acme-sdk-b", (5, 8)), 2);
        assert_eq!(families.size(b"acme-sdk-a", (0, 4)), 1);
        assert_eq!(families.size(b"other-sdk-a", (6, 9)), 0);
    }
}
