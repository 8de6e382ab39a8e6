//! The list of popular names: as refreshed in the data folder, else as carried.

use std::path::{Path, PathBuf};

use fondaco_names::Popular;

/// Where a refreshed list lies.
pub(crate) fn path(data: &Path) -> PathBuf {
    data.join("popular.txt")
}

/// The list that counts. One that can't be read is warned of, and the carried one counts.
pub(crate) fn read(data: &Path) -> Popular {
    let path = path(data);
    let Ok(text) = std::fs::read_to_string(&path) else { return Popular::embedded() };
    Popular::read(&text).unwrap_or_else(|error| {
        tracing::warn!(%error, path = %path.display(), "the list of popular names is damaged; the carried one counts");
        Popular::embedded()
    })
}
