//! `GET /api/v1/files/{sha256}`: what is known of one content.

use serde::Serialize;

use crate::report_v1::Report;

/// What is known of one content.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct File {
    /// `fondaco.file/1`
    pub schema: &'static str,
    /// Its digest.
    pub sha256: String,
    /// Where it stands on this index.
    pub places: Vec<Place>,
    /// Rulings of operators on it, newest first.
    pub rulings: Vec<Ruling>,
    /// What the newest inspection found; null before one.
    pub report: Option<Report>,
    /// When that was.
    pub inspected_at: Option<String>,
}

/// A file with that content, and whether it is served.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// Whose file.
    pub upstream: String,
    /// Which project's.
    pub project: String,
    /// Its name.
    pub file_name: String,
    /// `undecided`, `allow`, `hold`, `block`
    pub decision: &'static str,
    /// Why it is not served, in one line.
    pub reason: Option<String>,
}

/// An operator's decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ruling {
    /// Its number.
    pub id: i64,
    /// The content.
    pub sha256: String,
    /// `allow` or `hold`
    pub decision: &'static str,
    /// Why.
    pub reason: String,
    /// Who.
    pub made_by: String,
    /// When.
    pub made_at: String,
    /// Until when.
    pub expires_at: Option<String>,
    /// When it was taken back.
    pub withdrawn_at: Option<String>,
}

impl From<&fondaco_model::Ruling> for Ruling {
    fn from(ruling: &fondaco_model::Ruling) -> Self {
        Self {
            id: ruling.id,
            sha256: ruling.sha256.to_string(),
            decision: ruling.decision.id(),
            reason: ruling.reason.clone(),
            made_by: ruling.made_by.clone(),
            made_at: fondaco_model::rfc3339(ruling.made_at),
            expires_at: ruling.expires_at.map(fondaco_model::rfc3339),
            withdrawn_at: ruling.withdrawn_at.map(fondaco_model::rfc3339),
        }
    }
}
