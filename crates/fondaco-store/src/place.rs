use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use crate::{Database, StoreError};

/// The very file that was opened: SQLite would go on in one that was moved or deleted, and lose what
/// it acknowledges.
#[derive(Debug, Clone)]
pub(crate) struct Place(Option<(PathBuf, Inode)>);

/// Device and number.
type Inode = (u64, u64);

impl Place {
    /// Of a database that was just opened.
    pub(crate) fn of(database: &Database) -> Result<Self, StoreError> {
        match database {
            Database::File(path) => {
                let inode = inode(path).ok_or_else(|| StoreError::Moved(path.clone()))?;
                Ok(Self(Some((path.clone(), inode))))
            }
            Database::Postgres(_) => Ok(Self(None)),
        }
    }

    /// Nothing where it is still the same.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match &self.0 {
            Some((path, opened)) if inode(path) != Some(*opened) => Err(StoreError::Moved(path.clone())),
            _ => Ok(()),
        }
    }
}

fn inode(path: &PathBuf) -> Option<Inode> {
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}
