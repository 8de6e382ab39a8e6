//! One bit of a letter is another: `rgquests`. Bitsquatting (A. Dinaburg, 2011) waits for faults of
//! memory; generators of squats know it.

use crate::alignment::{Change, Edit};

/// Whether one letter was replaced by one that differs in a single bit.
pub(crate) fn explains(edit: &Edit<'_>) -> bool {
    matches!(edit.change, Change::Replaced(a, b) if (a ^ b).count_ones() == 1)
}
