use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::path::Path;

use fondaco_pydist::{Sha256, Sha256Hasher};
use tempfile::NamedTempFile;

/// A blob that is arriving. Dropped before it is finished, it leaves nothing.
#[derive(Debug)]
pub struct Incoming {
    file: NamedTempFile,
    hasher: Sha256Hasher,
    size: u64,
}

impl Incoming {
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self { file: NamedTempFile::new_in(folder)?, hasher: Sha256Hasher::default(), size: 0 })
    }

    /// Adds the next piece.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece)?;
        self.hasher.update(piece);
        self.size += piece.len() as u64;
        Ok(())
    }

    /// Bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What has come so far as a file without a name, at its beginning: to be read and forgotten.
    pub(crate) fn unsynced(self) -> io::Result<File> {
        self.file.reopen()
    }

    /// All pieces are there: syncs them to the disk.
    ///
    /// # Errors
    /// When they can't be synced.
    pub fn finish(self) -> io::Result<Staged> {
        self.file.as_file().sync_all()?;
        Ok(Staged { file: self.file, sha256: self.hasher.finish(), size: self.size })
    }
}

/// A whole blob that has no place yet: it can be inspected, then kept or dropped.
#[derive(Debug)]
pub struct Staged {
    file: NamedTempFile,
    sha256: Sha256,
    size: u64,
}

impl Staged {
    /// Its digest.
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Opens it for reading, at its beginning.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn reopen(&self) -> io::Result<File> {
        self.file.reopen()
    }

    pub(crate) fn persist(self, path: &Path) -> io::Result<()> {
        read_only(self.file.as_file())?;
        self.file.persist(path).map(drop).map_err(|error| error.error)
    }
}

fn read_only(file: &File) -> io::Result<()> {
    let mut permissions: Permissions = file.metadata()?.permissions();
    permissions.set_readonly(true);
    file.set_permissions(permissions)
}
