use std::path::{Path, PathBuf};
use std::sync::Arc;

use fondaco_pydist::Sha256;

/// A distribution as an index would offer it. Cloning doesn't copy the bytes.
#[derive(Debug, Clone)]
pub struct Dist {
    /// Its file name.
    pub file_name: String,
    /// The whole file.
    pub bytes: Arc<Vec<u8>>,
    /// A wheel's `METADATA`, for the `.metadata` beside it (PEP 658); sdists have none.
    pub metadata: Option<Vec<u8>>,
    /// `Requires-Python`, which listings repeat.
    pub requires_python: Option<String>,
}

impl Dist {
    /// A file with any name and any bytes, valid or not.
    pub fn raw(file_name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = Arc::new(bytes.into());
        Self { file_name: file_name.to_owned(), bytes, metadata: None, requires_python: None }
    }

    /// The digest of the bytes.
    pub fn sha256(&self) -> Sha256 {
        Sha256::of(&self.bytes)
    }

    /// Writes it into a folder, under its own name, for clients that upload files.
    #[track_caller]
    pub fn write_into(&self, folder: &Path) -> PathBuf {
        let path = folder.join(&self.file_name);
        std::fs::write(&path, self.bytes.as_slice()).unwrap();
        path
    }
}
