//! What the tests stand on; a development dependency only.
//!
//! - [`Wheel`] and [`Sdist`] build packages, [`samples`] holds twelve whole ones.
//! - [`Upstream`] is a local index that can be made to misbehave.
//!
//! All of it panics when something is wrong, since that is how a test fails.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod core_metadata;
mod dist;
mod fetch;
mod head;
mod noise;
mod reply;
mod request;
pub mod samples;
mod sdist;
mod server;
mod upstream;
mod wheel;

pub use dist::Dist;
pub use fetch::{Answer, fetch};
pub use request::Request;
pub use samples::Sample;
pub use sdist::Sdist;
pub use upstream::{FileListing, FileUrls, Misbehaviour, ProjectListing, Upstream};
pub use wheel::Wheel;
