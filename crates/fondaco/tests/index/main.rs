//! The index end to end: the real binary before a local upstream, with real pip and uv.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod auditors;
mod backup;
mod bad_input;
mod buckets;
mod campaigns;
mod cooldown;
mod crashes;
mod feeds;
mod house;
mod installing;
mod known_malware;
mod large_files;
mod layers;
mod lifecycle;
mod metadata;
mod mirrors;
mod new_names;
mod openapi;
mod packaging_tools;
mod postgres;
mod predecessor;
mod provenance;
mod read_apis;
mod reading;
mod refusals;
mod removed;
mod simple_api;
mod stats;
mod storage_trouble;
mod suppressions;
mod switches;
mod untrusted_upstream;
mod upload_checks;
mod upload_races;
mod uploads;
