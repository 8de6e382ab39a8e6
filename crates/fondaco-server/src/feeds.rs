//! Feeds of known malware and vulnerabilities: OSV records in a file, a folder or a zip, here or at
//! an address. An import takes what is newer than what is here; what it can't read it counts and
//! names, and everything else is taken all the same.

mod fetch;
mod import;
mod records;

use std::path::PathBuf;
use std::time::Duration;

use fondaco_model::{AdvisoryId, Timestamp};
use fondaco_pydist::{ProjectName, Sha256};
use fondaco_store::StoreError;
use fondaco_upstream::{UpstreamClient, UpstreamError, Url};

pub use fetch::{Fetched, fetch};
pub use import::import;

/// Why a feed can't be imported.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// Its file or folder can't be read.
    #[error("{path} can't be read: {why}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// It is larger than any feed is.
    #[error("{what} has more than {most} bytes")]
    TooLarge {
        /// Which.
        what: String,
        /// The limit in bytes.
        most: u64,
    },
    /// Its address gives nothing.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A feed that is imported at intervals.
#[derive(Debug)]
pub struct Feed {
    /// Its name.
    pub name: String,
    /// Where its records are.
    pub place: FeedPlace,
    /// The time between two imports.
    pub every: Duration,
}

/// Where the records of a feed are.
#[derive(Debug)]
pub enum FeedPlace {
    /// In a file, a zip or a folder of either.
    Path(PathBuf),
    /// At an address, and how it is reached.
    Address(Url, Box<UpstreamClient>),
}

/// What came of an import.
#[derive(Debug, Default)]
pub struct Imported {
    /// Records of malware that are new or changed.
    pub malware: usize,
    /// Records of vulnerabilities that are new or changed.
    pub vulnerabilities: usize,
    /// Records that were here already, in this state or a newer one.
    pub unchanged: usize,
    /// Records that are not about releases of Python projects.
    pub elsewhere: usize,
    /// Records that could not be read.
    pub unreadable: usize,
    /// The first of them, and why.
    pub first_unreadable: Option<String>,
    /// Known malware that was served from here before it was known.
    pub served: Vec<ServedMalware>,
}

/// A file that was served before its release was known to be malware.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedMalware {
    /// Its project.
    pub project: ProjectName,
    /// Its name.
    pub file_name: String,
    /// Its content.
    pub sha256: Sha256,
    /// The record that knows it.
    pub advisory: AdvisoryId,
}

impl std::fmt::Display for Imported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} of malware and {} of vulnerabilities are new or changed, {} unchanged, {} not about releases of \
             Python projects, {} unreadable",
            self.malware, self.vulnerabilities, self.unchanged, self.elsewhere, self.unreadable
        )
    }
}

/// How a feed is, since this server has started.
#[derive(Debug, Clone, Default)]
pub(crate) struct FeedState {
    /// When its newest state was last imported or found unchanged.
    pub(crate) current_at: Option<Timestamp>,
    /// Why the last attempt failed, if it did.
    pub(crate) trouble: Option<String>,
}
