//! A letter too many: `requiests`.

use crate::alignment::{Change, Edit};

/// Whether a letter was added.
pub(crate) fn explains(edit: &Edit<'_>) -> bool {
    matches!(edit.change, Change::Inserted(_))
}
