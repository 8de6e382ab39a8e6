//! Content-addressed, write-once storage of files in a folder.
//!
//! A blob is named by its digest. It is written to a temporary file, synced and renamed, so that
//! a crash leaves either the whole blob or none; temporary files of a crashed process are removed
//! at the next start. Reading verifies: [`Verified`] gives the last piece only once the digest of
//! the whole is right. Nothing here deletes a blob: quarantine hides, it never destroys evidence.

mod incoming;
mod verified;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use fondaco_pydist::Sha256;

pub use incoming::{Incoming, Staged};
pub use verified::Verified;

/// Why the store can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The folder or a file in it can't be used.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> BlobError {
    let path = path.to_owned();
    move |source| BlobError::Io { path, source }
}

/// The store.
#[derive(Debug, Clone)]
pub struct Blobs {
    blobs: PathBuf,
    incoming: PathBuf,
}

impl Blobs {
    /// Opens the store in `folder`, making what is missing. The caller holds the folder's lock:
    /// what lies in `incoming` is of a process that is gone, and is removed.
    ///
    /// # Errors
    /// When the folder can't be made or written.
    pub fn open(folder: &Path) -> Result<Self, BlobError> {
        let store = Self { blobs: folder.join("sha256"), incoming: folder.join("incoming") };
        for path in [&store.blobs, &store.incoming] {
            fs::create_dir_all(path).map_err(at(path))?;
        }
        for left in fs::read_dir(&store.incoming).map_err(at(&store.incoming))? {
            let path = left.map_err(at(&store.incoming))?.path();
            fs::remove_file(&path).map_err(at(&path))?;
        }
        Ok(store)
    }

    fn path(&self, digest: Sha256) -> PathBuf {
        let hex = digest.to_string();
        self.blobs.join(&hex[..2]).join(hex)
    }

    /// Begins a blob that arrives in pieces.
    ///
    /// # Errors
    /// When no temporary file can be made.
    pub fn incoming(&self) -> Result<Incoming, BlobError> {
        Incoming::new(&self.incoming).map_err(at(&self.incoming))
    }

    /// Keeps a blob under its digest. One that is there already stays as it is, unless it is
    /// damaged (its size differs).
    ///
    /// # Errors
    /// When it can't be moved to its place.
    pub fn keep(&self, staged: Staged) -> Result<(), BlobError> {
        let path = self.path(staged.sha256());
        if fs::metadata(&path).is_ok_and(|there| there.len() == staged.size()) {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.blobs);
        fs::create_dir_all(folder).map_err(at(folder))?;
        staged.persist(&path).map_err(at(&path))?;
        // The name is durable only when its folder is.
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
    }

    /// Keeps a small blob that is in memory.
    ///
    /// # Errors
    /// As [`Blobs::incoming`] and [`Blobs::keep`].
    pub fn keep_bytes(&self, bytes: &[u8]) -> Result<Sha256, BlobError> {
        let mut incoming = self.incoming()?;
        incoming.write(bytes).map_err(at(&self.incoming))?;
        let staged = incoming.finish().map_err(at(&self.incoming))?;
        let digest = staged.sha256();
        self.keep(staged)?;
        Ok(digest)
    }

    /// Whether a blob is there.
    pub fn has(&self, digest: Sha256) -> bool {
        self.path(digest).is_file()
    }

    /// Opens a blob for reading; `None` where there is none.
    ///
    /// # Errors
    /// When it is there and can't be opened.
    pub fn open_blob(&self, digest: Sha256) -> Result<Option<(File, u64)>, BlobError> {
        let path = self.path(digest);
        match File::open(&path) {
            Ok(file) => {
                let size = file.metadata().map_err(at(&path))?.len();
                Ok(Some((file, size)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at(&path)(error)),
        }
    }

    /// Sets a blob aside whose bytes no longer match its name, so that it is fetched again. It is
    /// renamed, not deleted.
    ///
    /// # Errors
    /// When it can't be renamed.
    pub fn set_aside(&self, digest: Sha256) -> Result<(), BlobError> {
        let path = self.path(digest);
        fs::rename(&path, path.with_extension("damaged")).map_err(at(&path))
    }

    /// Whether the folder can be written right now.
    ///
    /// # Errors
    /// When it can't.
    pub fn check(&self) -> Result<(), BlobError> {
        self.incoming().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn store() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        (folder, blobs)
    }

    #[test]
    fn keeps_and_reads_back() {
        let (_folder, blobs) = store();
        let digest = blobs.keep_bytes(b"hello").unwrap();
        assert_eq!(digest, Sha256::of(b"hello"));
        assert_eq!(blobs.keep_bytes(b"hello").unwrap(), digest);
        let (mut file, size) = blobs.open_blob(digest).unwrap().unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        assert_eq!((bytes.as_slice(), size), (&b"hello"[..], 5));
        assert!(blobs.open_blob(Sha256::of(b"other")).unwrap().is_none());
    }

    #[test]
    fn what_a_crash_left_is_gone_at_the_next_start_and_was_never_visible() {
        let (folder, blobs) = store();
        let mut incoming = blobs.incoming().unwrap();
        incoming.write(b"half").unwrap();
        std::mem::forget(incoming);
        assert!(!blobs.has(Sha256::of(b"half")));
        Blobs::open(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
    }

    #[test]
    fn a_damaged_blob_is_set_aside() {
        let (_folder, blobs) = store();
        let digest = blobs.keep_bytes(b"hello").unwrap();
        blobs.set_aside(digest).unwrap();
        assert!(!blobs.has(digest));
    }
}
