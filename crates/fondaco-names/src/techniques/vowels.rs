//! Another vowel: `reqausts`.

use crate::alignment::{Change, Edit};

fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Whether a vowel was replaced by another.
pub(crate) fn explains(edit: &Edit<'_>) -> bool {
    matches!(edit.change, Change::Replaced(a, b) if is_vowel(a) && is_vowel(b))
}
