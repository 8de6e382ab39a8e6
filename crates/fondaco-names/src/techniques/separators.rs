//! Words joined or taken apart: `scikitlearn`, `py-test`. The public index itself refuses such
//! names today; others don't.

use crate::alignment::{Change, Edit};

/// Whether the edit is about a separator.
pub(crate) fn explains(edit: &Edit<'_>) -> bool {
    match edit.change {
        Change::Inserted(a) | Change::Deleted(a) => a == b'-',
        Change::Replaced(a, b) => a == b'-' || b == b'-',
        Change::Swapped | Change::Spelt => false,
    }
}
