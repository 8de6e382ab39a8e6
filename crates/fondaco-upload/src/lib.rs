//! Whether an upload is what it says, and may be taken.
//!
//! Pure: no IO but reading the archive that it is given, no database, no clock. The order of the
//! checks is that of the default index's upload API, and so are the beginnings of the messages and
//! the status codes, because clients look at them: [`Form::read`] (steps 0 to 3),
//! [`check_project`] (5 to 8), [`filename::check_shape`] (14, 15), [`GivenDigests::check`] (17),
//! [`check_place`] (18 to 21), [`filename::check`] and [`contents::check`] (22 to 24). Beyond that
//! index, the form is compared with the metadata in the file, `RECORD` by its digests, and the
//! tags of `WHEEL` with the name.

mod admission;
pub mod archive;
mod classifiers;
pub mod contents;
mod digests;
mod entry_points;
mod fields;
pub mod filename;
mod form;
mod metadata;
mod names;
mod options;
mod platforms;
mod prohibited;
mod rejection;

pub use admission::{FileFacts, Grant, Place, ProjectFacts, ProjectState, check_place, check_project};
pub use archive::Archive;
pub use digests::{Digests, DigestsHasher, GivenDigests};
pub use fields::Fields;
pub use filename::FileName;
pub use form::{Form, MAX_FIELDS, MAX_TEXTS};
pub use metadata::{Identity, check as check_metadata};
pub use names::is_standard_library;
pub use options::{Options, Sizes};
pub use prohibited::{ProhibitedNames, reads_alike, to_the_eye};
pub use rejection::Rejection;
