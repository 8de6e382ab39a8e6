//! `GET /api/v1/removed`: what is served no more, so that whoever has it can act.

use serde::Serialize;

/// What is served no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removals {
    /// `fondaco.removed/1`
    pub schema: &'static str,
    /// How many there are since the instant that was asked for.
    pub total: usize,
    /// The newest of them, newest first.
    pub removed: Vec<Removed>,
}

/// One file, or a project of which no file is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// Which event it is, the same in the JSON and the RSS feed: it stays, however often it is told.
    pub id: String,
    /// Since when.
    pub at: String,
    /// `malicious`, `known-malware`, `quarantined`, `held` or `deleted`
    pub why: &'static str,
    /// Its project.
    pub project: String,
    /// Its version, without trailing zeros; null for a project as a whole.
    pub release: Option<String>,
    /// Its name; null for a project as a whole.
    pub file_name: Option<String>,
    /// Its content.
    pub sha256: Option<String>,
    /// The OSV record that knows it, to be had at `/v1/vulns/ID`.
    pub advisory: Option<String>,
}
