//! Own files: received, checked, inspected and taken.
//!
//! `receive` streams the form to disk within its limits; `take` runs the checks of fondaco-upload
//! in their order, has the archive inspected and read by a worker, and then decides in one
//! transaction, in which what the index has already is looked at once more: of two uploads that
//! race, one is first.

mod attestations;
mod grant;
mod names;
mod receive;
mod status;
mod take;
mod uploader;
mod warning;

use fondaco_upload::Rejection;

pub(crate) use names::check_new;
pub(crate) use receive::{Arriving, Received, receive};
pub(crate) use status::{NoAppeal, UploadStatus};
pub(crate) use take::{Blocked, Outcome, Uploaded, take};

use crate::factors::FactorTrouble;
use crate::limits::Spent;
use crate::trouble::Trouble;

/// Why an upload is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadTrouble {
    /// It is not what it must be.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The client takes too long.
    #[error("the upload comes too slowly")]
    TooSlow,
    /// The inspection was lost.
    #[error("the upload could not be inspected")]
    NotInspected,
    /// It is one too many.
    #[error("too many uploads")]
    TooMany(Spent),
    /// A second factor is missing.
    #[error(transparent)]
    Factor(#[from] FactorTrouble),
    /// Something failed here.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<fondaco_store::StoreError> for UploadTrouble {
    fn from(error: fondaco_store::StoreError) -> Self {
        Self::Trouble(error.into())
    }
}

impl From<fondaco_blobs::BlobError> for UploadTrouble {
    fn from(error: fondaco_blobs::BlobError) -> Self {
        Self::Trouble(error.into())
    }
}

impl From<std::io::Error> for UploadTrouble {
    fn from(error: std::io::Error) -> Self {
        Self::Trouble(error.into())
    }
}
