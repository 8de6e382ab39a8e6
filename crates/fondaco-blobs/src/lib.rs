//! Content-addressed, write-once storage of files: in a folder, or in a bucket that speaks S3.
//!
//! A blob is named by its digest. It arrives in a temporary file of this machine, where it is
//! inspected; to keep it is to sync and rename it, or to send it, so that a crash leaves either the
//! whole blob or none; temporary files of a crashed process are removed at the next start. Reading
//! verifies: [`Verified`] gives the last piece only once the digest of the whole is right; a file that was
//! found right less than a minute ago and that nobody has written to since is not hashed again. Nothing
//! here deletes a blob: quarantine hides, it never destroys evidence.

mod address;
mod bucket;
mod folder;
mod incoming;
mod lately;
mod verified;

use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use fondaco_pydist::Sha256;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};

pub use address::{BucketAddress, InvalidBucketAddress};
pub use incoming::{Incoming, Staged};
pub use verified::Verified;

use bucket::Bucket;
use folder::{Folder, at};
use lately::Lately;

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
    /// The bucket can't be used.
    #[error("{bucket}: {source}")]
    Bucket {
        /// Its address.
        bucket: String,
        /// Why.
        source: object_store::Error,
    },
}

/// Where a store is.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The folder that files arrive in, and in which they stay unless there is a bucket.
    pub folder: &'a Path,
    /// A bucket, and the part of it below its prefix.
    pub bucket: Option<(&'a BucketAddress, &'a str)>,
}

/// The store.
#[derive(Debug, Clone)]
pub struct Blobs {
    shelf: Shelf,
    incoming: PathBuf,
    lately: Lately,
}

#[derive(Debug, Clone)]
enum Shelf {
    Folder(Folder),
    Bucket(Bucket),
}

impl Blobs {
    /// Opens the store, making what is missing. The caller holds the folder's lock: what lies in
    /// `incoming` is of a process that is gone, and is removed. A bucket is not asked yet.
    ///
    /// # Errors
    /// When the folder can't be made or written, or the environment's `AWS_*` are not right.
    pub fn open(place: Place<'_>) -> Result<Self, BlobError> {
        let store = Self::beside(place)?;
        for left in fs::read_dir(&store.incoming).map_err(at(&store.incoming))? {
            let path = left.map_err(at(&store.incoming))?.path();
            fs::remove_file(&path).map_err(at(&path))?;
        }
        Ok(store)
    }

    /// Opens the store beside a server that may run.
    ///
    /// # Errors
    /// As [`Blobs::open`].
    pub fn beside(place: Place<'_>) -> Result<Self, BlobError> {
        let incoming = place.folder.join("incoming");
        fs::create_dir_all(&incoming).map_err(at(&incoming))?;
        let shelf = match place.bucket {
            None => Shelf::Folder(Folder::new(place.folder.join("sha256"))?),
            Some((address, part)) => Shelf::Bucket(Bucket::new(address, part)?),
        };
        Ok(Self { shelf, incoming, lately: Lately::default() })
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
    /// When it can't be moved or sent to its place; then it is not there.
    pub async fn keep(&self, staged: Staged) -> Result<(), BlobError> {
        if self.size(staged.sha256()).await? == Some(staged.size()) {
            return Ok(());
        }
        match &self.shelf {
            Shelf::Folder(folder) => {
                let folder = folder.clone();
                self.blocking(move || folder.put(staged)).await
            }
            Shelf::Bucket(bucket) => bucket.put(&staged).await,
        }
    }

    /// Keeps a small blob that is in memory.
    ///
    /// # Errors
    /// As [`Blobs::incoming`] and [`Blobs::keep`].
    pub async fn keep_bytes(&self, bytes: Bytes) -> Result<Sha256, BlobError> {
        let mut incoming = self.incoming()?;
        let failed = at(&self.incoming);
        let staged = self
            .blocking(move || incoming.write(&bytes).and_then(|()| incoming.finish()).map_err(failed))
            .await?;
        let digest = staged.sha256();
        self.keep(staged).await?;
        Ok(digest)
    }

    /// The size of a blob, in bytes; `None` where there is none.
    ///
    /// # Errors
    /// When that can't be found out.
    pub async fn size(&self, digest: Sha256) -> Result<Option<u64>, BlobError> {
        match &self.shelf {
            Shelf::Folder(folder) => folder.size(digest),
            Shelf::Bucket(bucket) => bucket.size(digest).await,
        }
    }

    /// Reads a blob; `None` where there is none.
    ///
    /// # Errors
    /// When it is there and can't be opened, or the bucket does not answer.
    pub async fn read(&self, digest: Sha256) -> Result<Option<Verified>, BlobError> {
        Ok(match &self.shelf {
            Shelf::Folder(folder) => folder
                .open(digest)?
                .map(|(file, there)| Verified::of_file(file, &there, digest, &self.lately)),
            Shelf::Bucket(bucket) => bucket.get(digest, None).await?.map(|found| {
                let size = found.meta.size;
                Verified::of_stream(found.into_stream(), size, digest)
            }),
        })
    }

    /// A range of a blob that was read and found right before; `None` where there is none.
    ///
    /// # Errors
    /// As [`Blobs::read`].
    pub async fn read_range(
        &self,
        digest: Sha256,
        range: Range<u64>,
    ) -> Result<Option<BoxStream<'static, io::Result<Bytes>>>, BlobError> {
        Ok(match &self.shelf {
            Shelf::Folder(folder) => folder.open(digest)?.map(|(file, _)| folder::range(file, range)),
            Shelf::Bucket(bucket) => bucket
                .get(digest, Some(range))
                .await?
                .map(|found| found.into_stream().map_err(io::Error::other).boxed()),
        })
    }

    /// Links a blob to the new name `to`, which then is the same file; `false` where that can't be:
    /// on another disk, or from a bucket.
    pub fn link(&self, digest: Sha256, to: &Path) -> bool {
        match &self.shelf {
            Shelf::Folder(folder) => folder.link(digest, to),
            Shelf::Bucket(_) => false,
        }
    }

    /// A blob as a file of this machine, for a worker; `None` where there is none. What a bucket
    /// sends is verified, what lies in a folder is not.
    ///
    /// # Errors
    /// As [`Blobs::read`], also when the bytes are not those of the digest.
    pub async fn file(&self, digest: Sha256) -> Result<Option<File>, BlobError> {
        if let Shelf::Folder(folder) = &self.shelf {
            return Ok(folder.open(digest)?.map(|(file, _)| file));
        }
        let Some(mut verified) = self.read(digest).await? else { return Ok(None) };
        let mut incoming = self.incoming()?;
        let failed = || at(&self.incoming);
        while let Some(piece) = verified.next_piece().await.map_err(failed())? {
            incoming.write(&piece).map_err(failed())?;
        }
        incoming.unsynced().map(Some).map_err(failed())
    }

    /// Sets a blob aside whose bytes no longer match its name, so that it is fetched again. It is
    /// renamed, not deleted.
    ///
    /// # Errors
    /// When it can't be renamed.
    pub async fn set_aside(&self, digest: Sha256) -> Result<(), BlobError> {
        match &self.shelf {
            Shelf::Folder(folder) => folder.set_aside(digest),
            Shelf::Bucket(bucket) => bucket.set_aside(digest).await,
        }
    }

    /// The digests of all blobs, in no order.
    ///
    /// # Errors
    /// When they can't be listed.
    pub async fn digests(&self) -> Result<Vec<Sha256>, BlobError> {
        match &self.shelf {
            Shelf::Folder(folder) => {
                let folder = folder.clone();
                self.blocking(move || folder.digests()).await
            }
            Shelf::Bucket(bucket) => bucket.digests().await,
        }
    }

    /// Whether files can arrive right now, and the bucket answers.
    ///
    /// # Errors
    /// When not.
    pub async fn check(&self) -> Result<(), BlobError> {
        let here = self.clone();
        self.blocking(move || here.incoming().map(drop)).await?;
        self.size(Sha256::of(b"")).await.map(drop)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
    ) -> Result<T, BlobError> {
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|error| Err(at(&self.incoming)(io::Error::other(error))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(Place { folder: folder.path(), bucket: None }).unwrap();
        (folder, blobs)
    }

    #[tokio::test]
    async fn keeps_and_reads_back() {
        let (_folder, blobs) = store();
        let digest = blobs.keep_bytes(Bytes::from_static(b"hello")).await.unwrap();
        assert_eq!(digest, Sha256::of(b"hello"));
        assert_eq!(blobs.keep_bytes(Bytes::from_static(b"hello")).await.unwrap(), digest);
        let verified = blobs.read(digest).await.unwrap().unwrap();
        assert_eq!(verified.size(), 5);
        assert_eq!(verified.read_all(5).await.unwrap(), b"hello");
        let range: Vec<Bytes> =
            blobs.read_range(digest, 1..3).await.unwrap().unwrap().try_collect().await.unwrap();
        assert_eq!(range.concat(), b"el");
        assert_eq!(blobs.digests().await.unwrap(), [digest]);
        let other = Sha256::of(b"other");
        assert!(blobs.read(other).await.unwrap().is_none());
        assert!(blobs.file(other).await.unwrap().is_none());
        assert_eq!(blobs.size(other).await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_a_crash_left_is_gone_at_the_next_start_and_was_never_visible() {
        let (folder, blobs) = store();
        let mut incoming = blobs.incoming().unwrap();
        incoming.write(b"half").unwrap();
        std::mem::forget(incoming);
        assert_eq!(blobs.size(Sha256::of(b"half")).await.unwrap(), None);
        Blobs::open(Place { folder: folder.path(), bucket: None }).unwrap();
        assert_eq!(fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_damaged_blob_is_set_aside() {
        let (_folder, blobs) = store();
        let digest = blobs.keep_bytes(Bytes::from_static(b"hello")).await.unwrap();
        blobs.set_aside(digest).await.unwrap();
        assert_eq!(blobs.size(digest).await.unwrap(), None);
        assert!(blobs.digests().await.unwrap().is_empty(), "it is none of the blobs any more");
    }
}
