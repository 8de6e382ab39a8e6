use fondaco_pydist::{ProjectName, Sha256};
use jiff::Timestamp;

/// One file that was served to one client: what tells whom to warn when a file turns out bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// When it was asked for.
    pub at: Timestamp,
    /// The project.
    pub project: ProjectName,
    /// The file.
    pub file_name: String,
    /// The content.
    pub sha256: Sha256,
    /// The client's address.
    pub client: String,
    /// What the client called itself; printable, cut at 200 characters.
    pub user_agent: String,
}
