use std::fs::{self, File, Metadata};
use std::io::{self, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use fondaco_pydist::Sha256;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};

use crate::verified::exactly;
use crate::{BlobError, Staged};

/// Size of a piece of a range, in bytes.
const PIECE: u64 = 256 << 10;

/// Files in a folder, each named by its digest.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Result<Self, BlobError> {
        fs::create_dir_all(&path).map_err(at(&path))?;
        Ok(Self(path))
    }

    fn path(&self, digest: Sha256) -> PathBuf {
        let hex = digest.to_string();
        self.0.join(&hex[..2]).join(hex)
    }

    pub(crate) fn size(&self, digest: Sha256) -> Result<Option<u64>, BlobError> {
        let path = self.path(digest);
        absent(fs::metadata(&path).map(|there| there.len())).map_err(at(&path))
    }

    pub(crate) fn open(&self, digest: Sha256) -> Result<Option<(File, Metadata)>, BlobError> {
        let path = self.path(digest);
        let described = |file: File| file.metadata().map(|there| (file, there));
        absent(File::open(&path).and_then(described)).map_err(at(&path))
    }

    pub(crate) fn link(&self, digest: Sha256, to: &Path) -> bool {
        fs::hard_link(self.path(digest), to).is_ok()
    }

    pub(crate) fn put(&self, staged: Staged) -> Result<(), BlobError> {
        let path = self.path(staged.sha256());
        let folder = path.parent().unwrap_or(&self.0);
        fs::create_dir_all(folder).map_err(at(folder))?;
        staged.persist(&path).map_err(at(&path))?;
        // The name is durable only when its folder is.
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
    }

    pub(crate) fn set_aside(&self, digest: Sha256) -> Result<(), BlobError> {
        let path = self.path(digest);
        fs::rename(&path, path.with_extension("damaged")).map_err(at(&path))
    }

    pub(crate) fn digests(&self) -> Result<Vec<Sha256>, BlobError> {
        let mut found = Vec::new();
        for group in entries(&self.0)? {
            for path in entries(&group)? {
                found.extend(path.file_name().and_then(|name| name.to_str()?.parse::<Sha256>().ok()));
            }
        }
        Ok(found)
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, BlobError> {
    let paths = fs::read_dir(folder).and_then(|found| found.map(|entry| Ok(entry?.path())).collect());
    paths.map_err(at(folder))
}

/// A range of a file, in pieces.
pub(crate) fn range(file: File, range: Range<u64>) -> BoxStream<'static, io::Result<Bytes>> {
    stream::try_unfold((file, range), |(mut file, range)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let length = (range.end - range.start).min(PIECE);
        let read = move || {
            file.seek(SeekFrom::Start(range.start))?;
            let piece = exactly(&mut file, usize::try_from(length).unwrap_or_default())?;
            Ok::<_, io::Error>(Some((Bytes::from(piece), (file, range.start + length..range.end))))
        };
        tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
    })
    .boxed()
}

pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> BlobError + use<> {
    let path = path.to_owned();
    move |source| BlobError::Io { path, source }
}

fn absent<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
