//! `fondaco check`: one name as JSON.

use serde::Serialize;

use crate::report_v1::Verdict;

/// What a name's spelling says (`--names-only`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spelling<'a> {
    /// The name as it was given.
    pub name: &'a str,
    /// The name that it can be mistaken for.
    pub confusable_with: Option<&'a str>,
    /// Ids of the techniques by which they differ.
    pub techniques: Vec<&'static str>,
    /// 0 to 1: how likely that is no accident.
    pub score: f64,
}

/// The value of `schema`.
pub const SCHEMA: &str = "fondaco.check/1";

/// What `fondaco check` says of one requirement. What was not asked or is not known is null.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// `fondaco.check/1`
    pub schema: &'static str,
    /// The name as it was given.
    pub name: String,
    /// The version that was asked about, else the one that would be installed.
    pub version: Option<String>,
    /// Whether the index has the project.
    pub exists: Option<bool>,
    /// When its oldest file was uploaded, RFC 3339.
    pub since: Option<String>,
    /// Its rank by downloads.
    pub rank: Option<u32>,
    /// The name that it can be mistaken for.
    pub confusable_with: Option<String>,
    /// Ids of the techniques by which they differ.
    pub techniques: Vec<&'static str>,
    /// 0 to 1.
    pub score: f64,
    /// Resemblances that don't count, and why.
    pub ruled_out: Vec<RuledOut>,
    /// Names that may have been meant, where the project doesn't exist.
    pub meant: Vec<String>,
    /// How the name looks like an invented one, where the project doesn't exist.
    pub invented: Vec<String>,
    /// Source repository, as the metadata of the file says.
    pub repository: Option<String>,
    /// Who published the file, and from where, as its provenance proves; verified offline.
    pub provenance: Option<String>,
    /// Whether that is the repository which the metadata names; null where one of the two is not known.
    pub tied_to_repository: Option<bool>,
    /// Known malware and vulnerabilities of the version.
    pub advisories: Vec<Advisory>,
    /// The file that would be installed.
    pub file: Option<File>,
    /// When the version will be old enough to be served, RFC 3339.
    pub too_new_until: Option<String>,
    /// What speaks against it, a sentence each.
    pub findings: Vec<String>,
    /// What could not be found out, a sentence each.
    pub incomplete: Vec<String>,
}

/// A resemblance that doesn't count.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuledOut {
    /// The name that it resembles.
    pub name: String,
    /// Why that doesn't count.
    pub reason: String,
}

/// A record about a version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advisory {
    /// Its id.
    pub id: String,
    /// `malware`, `vulnerability`
    pub kind: &'static str,
}

/// What an inspection found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Lower-case hex.
    pub sha256: Option<String>,
    /// What the inspection concludes.
    pub verdict: Verdict,
    /// 0 to 1.
    pub score: f32,
    /// The attack in sentences.
    pub story: Vec<String>,
}
