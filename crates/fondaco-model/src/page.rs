use fondaco_pydist::{ProjectStatus, Sha256};
use jiff::Timestamp;

/// What an upstream's listing says of one project, whether it came as JSON or HTML.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// PEP 792 status.
    pub status: ProjectStatus,
    /// Why that status.
    pub status_reason: Option<String>,
    /// The files, in upstream's order.
    pub files: Vec<PageFile>,
}

/// One file of a listing. What is absent upstream is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFile {
    /// Its name.
    pub file_name: String,
    /// Where its bytes are: absolute.
    pub url: String,
    /// Its digest.
    pub sha256: Option<Sha256>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// When it was uploaded, as upstream says.
    pub upload_time: Option<Timestamp>,
    /// `Requires-Python`, as written.
    pub requires_python: Option<String>,
    /// Yanked, with the reason (empty where none was given).
    pub yanked: Option<String>,
    /// Whether `URL.metadata` exists (PEP 658/714).
    pub core_metadata: MetadataFile,
    /// Where its provenance is (PEP 740).
    pub provenance: Option<String>,
}

/// What a listing says of the `.metadata` beside a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MetadataFile {
    /// There is none.
    #[default]
    Absent,
    /// There is one.
    Present,
    /// There is one with this digest.
    Hashed(Sha256),
}

impl MetadataFile {
    /// The digest that the listing gives.
    pub fn sha256(self) -> Option<Sha256> {
        match self {
            Self::Hashed(digest) => Some(digest),
            Self::Absent | Self::Present => None,
        }
    }
}
