//! Two letters change places: `reqeusts`.

use crate::alignment::{Change, Edit};

/// Whether two neighbours changed places.
pub(crate) fn explains(edit: &Edit<'_>) -> bool {
    matches!(edit.change, Change::Swapped)
}
