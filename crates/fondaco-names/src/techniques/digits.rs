//! Another number: `urllib4`, `boto2`. Innocent more often than not: successors and forks count on.

use crate::alignment::{Change, Edit};

/// Whether the edit adds, takes or changes a digit that looks like no letter.
pub(crate) fn explains(edit: &Edit<'_>) -> bool {
    match edit.change {
        Change::Replaced(a, b) => {
            a.is_ascii_digit() && b.is_ascii_digit()
                || (a.is_ascii_digit() || b.is_ascii_digit()) && !super::homoglyph::alike(a, b)
        }
        Change::Inserted(a) | Change::Deleted(a) => a.is_ascii_digit(),
        Change::Swapped | Change::Spelt => false,
    }
}
