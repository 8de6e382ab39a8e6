//! `fondaco.reinspection/1`: what a newer engine found in the files that are stored.

use serde::{Deserialize, Serialize};

use crate::journal_v1::Fetched;

/// The value of `schema`.
pub const SCHEMA: &str = "fondaco.reinspection/1";

/// A run of inspections by a newer engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reinspection {
    /// `fondaco.reinspection/1`
    pub schema: &'static str,
    /// The engine's fingerprint.
    pub engine: String,
    /// `running`, `braked`, `approved`, `applied`, `superseded`
    pub state: &'static str,
    /// When it began.
    pub started_at: String,
    /// When everything had been looked at.
    pub finished_at: Option<String>,
    /// Stored files when it began.
    pub total: u64,
    /// How many of them were looked at.
    pub looked_at: u64,
    /// How many of them were inspected: the evidence on them was another engine's.
    pub inspected: u64,
    /// Files that would be refused, or blocked where they were held.
    pub worse: u64,
    /// Files that would be served, or held where they were blocked.
    pub better: u64,
    /// Files whose inspection was lost; they stay as they are.
    pub lost: u64,
    /// Who has let it count.
    pub approved_by: Option<String>,
    /// Why it is as it is.
    pub reason: String,
    /// The first files that turn worse.
    pub turns_worse: Vec<Turned>,
    /// The first files that turn better.
    pub turns_better: Vec<Turned>,
}

/// A file of which the newer engine thinks otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Turned {
    /// The upstream's name, or `own`.
    pub layer: String,
    /// The project.
    pub project: String,
    /// The file.
    pub file_name: String,
    /// Its content.
    pub sha256: String,
    /// What was decided: `allow`, `hold`, `block`.
    pub was: &'static str,
    /// What would be decided.
    pub becomes: &'static str,
    /// The newer engine's verdict.
    pub verdict: &'static str,
    /// Titles of the rules behind it.
    pub titles: Vec<String>,
    /// Who was served it.
    pub fetched: Vec<Fetched>,
}

/// `PUT /api/v1/reinspection`: lets it count.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// `approved`
    pub state: Wanted,
    /// Why; it is audited.
    pub reason: String,
}

/// What a run can be brought to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wanted {
    /// It counts, whatever it turns worse.
    Approved,
}
