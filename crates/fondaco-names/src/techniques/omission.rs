//! A letter left out: `reqests`.

use crate::alignment::{Change, Edit};

/// Whether a letter is missing.
pub(crate) fn explains(edit: &Edit<'_>) -> bool {
    matches!(edit.change, Change::Deleted(_))
}
