//! A letter twice (`requestts`), or a double letter once (`pilow`). The most innocent slip, and the
//! easiest to overlook.

use crate::alignment::{Change, Edit};

/// Whether a letter was repeated.
pub(crate) fn doubled(edit: &Edit<'_>) -> bool {
    matches!(edit.change, Change::Inserted(c) if edit.beside_in_name(c))
}

/// Whether a repetition was left out.
pub(crate) fn undoubled(edit: &Edit<'_>) -> bool {
    matches!(edit.change, Change::Deleted(c) if edit.beside_in_target(c))
}
