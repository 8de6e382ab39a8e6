//! Reports about projects, acts that froze something and appeals, as the API and the command line tell
//! and take them.

use fondaco_model::{Against, Frozen, Scope, rfc3339};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/projects/{name}/observations`: what somebody reports. PyPI's fields, and which part of
/// the project is meant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// `is_malware`, `is_spam`, `is_dependency_confusion`, `something_else`
    pub kind: String,
    /// In words.
    pub summary: String,
    /// Where the evidence can be seen; needed for malware.
    #[serde(default)]
    pub inspector_url: Option<String>,
    /// Only this version.
    #[serde(default)]
    pub version: Option<String>,
    /// Only this file.
    #[serde(default)]
    pub file_name: Option<String>,
}

/// `PUT /api/v1/observations/{id}/outcome`: what a reviewer makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// `confirmed`, `not_malware`, `insufficient`
    pub outcome: String,
    /// Why: the reporter reads it.
    pub note: String,
    /// `nothing`, `quarantine`, `remove`, `release`
    #[serde(default)]
    pub measure: Option<String>,
    /// Whether the accounts that uploaded it are frozen.
    #[serde(default)]
    pub freeze_accounts: bool,
}

/// `POST /api/v1/projects/{name}/appeals`: what an owner says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppealOrder {
    /// Why it was wrong.
    pub text: String,
    /// Against which act; the newest where absent.
    #[serde(default)]
    pub act: Option<String>,
}

/// `POST /api/v1/uploads/{id}/appeals`: what an uploader says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadAppealOrder {
    /// Why it was wrong.
    pub text: String,
}

/// `PUT /api/v1/appeals/{id}/decision`: what a reviewer decides.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppealVerdict {
    /// Whether what was frozen is free again, or the content of the upload allowed.
    pub granted: bool,
    /// Why: whoever appealed reads it.
    pub note: String,
}

/// A reason, where nothing else is needed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Why.
    pub reason: String,
}

/// `POST /api/v1/projects/{name}/review`: what a reviewer does at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// `allow`, `hold`, `quarantine`, `release`, `note`
    pub act: String,
    /// Why: the next person reads it.
    pub reason: String,
    /// Only this version.
    #[serde(default)]
    pub version: Option<String>,
    /// Only this file.
    #[serde(default)]
    pub file_name: Option<String>,
    /// The content, for `allow` and `hold`.
    #[serde(default)]
    pub sha256: Option<String>,
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observation {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// Only this release.
    pub release: Option<String>,
    /// Only this file.
    pub file_name: Option<String>,
    /// `is_malware` and so on.
    pub kind: &'static str,
    /// In the reporter's words.
    pub summary: String,
    /// Where the evidence can be seen.
    pub inspector_url: Option<String>,
    /// Who reported it; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observer: Option<String>,
    /// Whether they are a trusted observer; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted: Option<bool>,
    /// When.
    pub made_at: String,
    /// `open`, or its outcome.
    pub state: &'static str,
    /// What the reviewer says.
    pub note: Option<String>,
    /// When it was decided.
    pub decided_at: Option<String>,
}

impl Observation {
    /// As its reporter is told.
    pub fn for_reporter(one: &fondaco_model::Observation) -> Self {
        let Scope { project, release, file_name } = &one.scope;
        let decided = one.decision.as_ref();
        Self {
            id: one.id.clone(),
            project: project.to_string(),
            release: release.clone(),
            file_name: file_name.clone(),
            kind: one.kind.id(),
            summary: one.summary.clone(),
            inspector_url: one.evidence.clone(),
            observer: None,
            trusted: None,
            made_at: rfc3339(one.made_at),
            state: decided.map_or("open", |decided| decided.outcome.id()),
            note: decided.map(|decided| decided.note.clone()),
            decided_at: decided.map(|decided| rfc3339(decided.at)),
        }
    }

    /// As staff are told.
    pub fn for_staff(one: &fondaco_model::Observation) -> Self {
        let (observer, trusted) = (Some(one.observer.name.clone()), Some(one.trusted));
        Self { observer, trusted, ..Self::for_reporter(one) }
    }
}

/// One thing that is frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrozenThing {
    /// `quarantine`, `file`, `advisory`, `account`
    pub kind: &'static str,
    /// Which: a release, an id, an account.
    pub subject: String,
    /// The file.
    pub file_name: String,
}

impl From<&Frozen> for FrozenThing {
    fn from(frozen: &Frozen) -> Self {
        let (kind, subject, file_name) = frozen.told();
        Self { kind, subject, file_name }
    }
}

/// An act that froze something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Freeze {
    /// Its id.
    pub id: String,
    /// What it was about, as a person reads it.
    pub scope: String,
    /// Why.
    pub reason: String,
    /// When.
    pub made_at: String,
    /// When it was lifted.
    pub lifted_at: Option<String>,
    /// What it froze.
    pub frozen: Vec<FrozenThing>,
}

impl From<&fondaco_model::Freeze> for Freeze {
    fn from(one: &fondaco_model::Freeze) -> Self {
        Self {
            id: one.id.clone(),
            scope: one.scope.to_string(),
            reason: one.reason.clone(),
            made_at: rfc3339(one.made_at),
            lifted_at: one.lifted_at.map(rfc3339),
            frozen: one.frozen.iter().map(FrozenThing::from).collect(),
        }
    }
}

/// An appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Appeal {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// The act that it is against; null where it is against an upload.
    pub act: Option<String>,
    /// The upload that it is against; null where it is against an act.
    pub upload: Option<AppealedUpload>,
    /// In the owner's words.
    pub text: String,
    /// Who appeals.
    pub made_by: String,
    /// When.
    pub made_at: String,
    /// `open`, `granted`, `refused`
    pub state: &'static str,
    /// What the reviewer says.
    pub note: Option<String>,
    /// When it was decided.
    pub decided_at: Option<String>,
}

/// What has become of an appeal.
fn state(one: &fondaco_model::Appeal) -> &'static str {
    match one.decision.as_ref().map(|decided| decided.granted) {
        None => "open",
        Some(true) => "granted",
        Some(false) => "refused",
    }
}

/// The upload that an appeal is against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppealedUpload {
    /// Its id.
    pub id: String,
    /// The file's name.
    pub file_name: String,
    /// The content, whose report is at `/reports/SHA256`.
    pub sha256: String,
}

impl From<&fondaco_model::AppealedUpload> for AppealedUpload {
    fn from(upload: &fondaco_model::AppealedUpload) -> Self {
        Self { id: upload.id.clone(), file_name: upload.file_name.clone(), sha256: upload.sha256.to_string() }
    }
}

/// What whoever has an upload's id is told of the appeal against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppealState {
    /// Its id.
    pub id: String,
    /// `open`, `granted`, `refused`
    pub state: &'static str,
    /// What the reviewer says.
    pub note: Option<String>,
}

impl From<&fondaco_model::Appeal> for AppealState {
    fn from(one: &fondaco_model::Appeal) -> Self {
        let note = one.decision.as_ref().map(|decided| decided.note.clone());
        Self { id: one.id.clone(), state: state(one), note }
    }
}

impl From<&fondaco_model::Appeal> for Appeal {
    fn from(one: &fondaco_model::Appeal) -> Self {
        Self {
            id: one.id.clone(),
            project: one.project.to_string(),
            act: match &one.against {
                Against::Act(id) => Some(id.clone()),
                Against::Upload(_) => None,
            },
            upload: match &one.against {
                Against::Act(_) => None,
                Against::Upload(upload) => Some(AppealedUpload::from(upload)),
            },
            text: one.text.clone(),
            made_by: one.made_by.name.clone(),
            made_at: rfc3339(one.made_at),
            state: state(one),
            note: one.decision.as_ref().map(|decided| decided.note.clone()),
            decided_at: one.decision.as_ref().map(|decided| rfc3339(decided.at)),
        }
    }
}

/// One entry of the review desk's queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// `held`, `quarantine`, `report`, `appeal`, `confusable`, `campaign`
    pub kind: &'static str,
    /// The project; none for a campaign.
    pub project: Option<String>,
    /// What it is: a file, a scope, an id.
    pub subject: String,
    /// The content.
    pub sha256: Option<String>,
    /// In words.
    pub what: String,
    /// How bad it looks, 0 to 1.
    pub score: f32,
    /// How often files of the project were served within 30 days.
    pub fetched: u64,
    /// Since when it waits.
    pub since: String,
}
