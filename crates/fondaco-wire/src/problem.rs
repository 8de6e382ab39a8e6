//! `application/problem+json` (RFC 9457): how every refusal and error explains itself to a machine.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report_v1::{Behaviour, Finding, Stage, Unscanned};
use crate::switch_v1::Switch;

/// The media type.
pub const PROBLEM: &str = "application/problem+json";

/// One problem.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Problem {
    /// Which kind: a path of this index's documentation, stable.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The kind in words; the same for each of its kind.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// For a file that is not served: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// For what is switched off: by which switch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switch: Option<Switch>,
}

/// Why a file is not served.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Refusal {
    /// `hold` or `block`
    pub decision: &'static str,
    /// The file's digest.
    pub sha256: Option<String>,
    /// Where the whole report is: JSON.
    pub report: Option<String>,
    /// Where the whole report is: a page.
    pub page: Option<String>,
    /// `clean`, `suspicious`, `malicious`, `incomplete`
    pub verdict: Option<String>,
    /// What it does.
    pub behaviours: Vec<Behaviour>,
    /// The attack chain; indices into `findings`.
    pub stages: Vec<Stage>,
    /// The attack in sentences.
    pub story: Vec<String>,
    /// The evidence.
    pub findings: Vec<Finding>,
    /// Releases of the project that wait for their age, each with the instant from which it is served.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub too_new: BTreeMap<String, String>,
    /// What was not analysed.
    pub unscanned: Vec<Unscanned>,
    /// For an upload: where to ask what became of it, and under which its uploader can appeal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload: Option<String>,
    /// What an operator runs to allow it all the same.
    pub way_out: Option<String>,
}
