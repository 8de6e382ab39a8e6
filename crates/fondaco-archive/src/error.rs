/// Why an artifact could not be walked at all.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// No known archive format.
    #[error("not a zip, tar, gzip, bzip2, xz or zstd file")]
    NotAnArchive,
    /// The zip's directory is missing (a truncated file, mostly) or points outside the file.
    #[error("damaged zip: {0}")]
    DamagedZip(&'static str),
    /// The bytes could not be read.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
}
