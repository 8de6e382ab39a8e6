//! Singular for plural or the other way: `request`, `numpys`.

use crate::alignment::{Change, Edit};

/// Whether an `s` at the end of a word came or went.
pub(crate) fn explains(edit: &Edit<'_>) -> bool {
    match edit.change {
        Change::Inserted(b's') => edit.ends_word_in_name(),
        Change::Deleted(b's') => edit.ends_word_in_target(),
        _ => false,
    }
}
