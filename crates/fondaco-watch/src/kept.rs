//! The bytes of what is suspicious, for who looks at them later. They stay within a budget: the oldest
//! go first. Each is read by its owner only, and its name is its digest, so that nothing starts it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fondaco_pydist::Sha256;

use crate::WatchError;

/// The folder of kept files.
#[derive(Debug, Clone)]
pub struct Kept {
    folder: PathBuf,
    budget: u64,
}

impl Kept {
    /// Opens the folder, making it where it is missing.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn open(folder: &Path, budget: u64) -> Result<Self, WatchError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(|error| WatchError::Io(folder.to_owned(), error))?;
        Ok(Self { folder: folder.to_owned(), budget })
    }

    /// Keeps the bytes of a file, and lets go of the oldest where they are too many.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn keep(&self, sha256: Sha256, file: &mut File) -> Result<(), WatchError> {
        let place = self.folder.join(sha256.to_string());
        let failed = |error| WatchError::Io(place.clone(), error);
        if !place.exists() {
            self.write(&place, file).map_err(failed)?;
        }
        self.thin()
    }

    fn write(&self, place: &Path, file: &mut File) -> io::Result<()> {
        file.seek(SeekFrom::Start(0))?;
        let mut incoming = tempfile::Builder::new().prefix(".incoming-").tempfile_in(&self.folder)?;
        io::copy(&mut file.take(self.budget), incoming.as_file_mut())?;
        incoming.as_file().sync_all()?;
        incoming.persist(place).map_err(|error| error.error)?;
        Ok(())
    }

    /// Lets go of the oldest until the rest is within the budget.
    ///
    /// # Errors
    /// When the folder can't be read or written.
    pub fn thin(&self) -> Result<(), WatchError> {
        let failed = |error| WatchError::Io(self.folder.clone(), error);
        let mut files: Vec<(SystemTime, PathBuf, u64)> = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let metadata = entry.metadata().map_err(failed)?;
            files.push((metadata.modified().map_err(failed)?, entry.path(), metadata.len()));
        }
        files.sort();
        let mut size: u64 = files.iter().map(|(_, _, size)| size).sum();
        for (_, path, bytes) in files {
            if size <= self.budget {
                break;
            }
            std::fs::remove_file(&path).map_err(|error| WatchError::Io(path, error))?;
            size -= bytes;
        }
        Ok(())
    }

    /// Bytes that are kept.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn size(&self) -> Result<u64, WatchError> {
        let failed = |error| WatchError::Io(self.folder.clone(), error);
        let mut size = 0;
        for entry in std::fs::read_dir(&self.folder).map_err(failed)? {
            size += entry.and_then(|entry| entry.metadata()).map_err(failed)?.len();
        }
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn the_oldest_go_when_there_are_too_many_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::open(&folder.path().join("kept"), 1_000).unwrap();
        for number in 0u8..10 {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&[number; 300]).unwrap();
            kept.keep(Sha256::of(&[number]), &mut file).unwrap();
            // What has come first is told by the time that it was written.
            let place = folder.path().join("kept").join(Sha256::of(&[number]).to_string());
            let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(u64::from(number) * 60);
            if let Ok(file) = File::options().write(true).open(&place) {
                file.set_modified(at).unwrap();
            }
            assert!(kept.size().unwrap() <= 1_000);
        }
        assert_eq!(kept.size().unwrap(), 900);
    }
}
