//! Another letter, for no reason that can be seen: `requosts` is a vowel, `reqfests` is this.

use crate::alignment::{Change, Edit};

/// Whether a letter was replaced.
pub(crate) fn explains(edit: &Edit<'_>) -> bool {
    matches!(edit.change, Change::Replaced(..) | Change::Spelt)
}
