//! `fondaco watch` end to end: the real binary follows feeds of a local upstream, of another Fondaco, and
//! of a folder.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod feeds;
mod home;
mod reports;
mod trouble;
