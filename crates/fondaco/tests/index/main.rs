//! The index end to end: the real binary before a local upstream, with real pip and uv.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod bad_input;
mod cooldown;
mod crashes;
mod house;
mod installing;
mod known_malware;
mod large_files;
mod layers;
mod lifecycle;
mod metadata;
mod predecessor;
mod provenance;
mod read_apis;
mod reading;
mod refusals;
mod simple_api;
mod suppressions;
mod switches;
mod untrusted_upstream;
mod upload_checks;
mod upload_races;
mod uploads;
