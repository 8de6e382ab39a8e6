//! What a worker tells of an archive that is uploaded, and what the index tells of an upload.

use serde::{Deserialize, Serialize};

use crate::observation_v1::AppealState;

/// Facts of an archive, from the worker to its parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented at fondaco_upload::Archive")]
pub struct Archive {
    pub failure: Option<String>,
    pub format: String,
    pub anomalies: Vec<(String, String)>,
    pub tops: Vec<String>,
    pub metadata: Option<String>,
    pub wheel: Option<String>,
    pub entry_points: Option<String>,
    pub scripts: Vec<String>,
    pub has_record: bool,
    pub record: Option<(String, String)>,
    pub missing_license: Option<String>,
}

impl From<fondaco_upload::Archive> for Archive {
    fn from(archive: fondaco_upload::Archive) -> Self {
        Self {
            failure: archive.failure,
            format: archive.format,
            anomalies: archive.anomalies,
            tops: archive.tops,
            metadata: archive.metadata,
            wheel: archive.wheel,
            entry_points: archive.entry_points,
            scripts: archive.scripts,
            has_record: archive.has_record,
            record: archive.record,
            missing_license: archive.missing_license,
        }
    }
}

impl From<Archive> for fondaco_upload::Archive {
    fn from(archive: Archive) -> Self {
        Self {
            failure: archive.failure,
            format: archive.format,
            anomalies: archive.anomalies,
            tops: archive.tops,
            metadata: archive.metadata,
            wheel: archive.wheel,
            entry_points: archive.entry_points,
            scripts: archive.scripts,
            has_record: archive.has_record,
            record: archive.record,
            missing_license: archive.missing_license,
        }
    }
}

/// `GET /api/v1/uploads/{id}`: what became of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Upload {
    /// `fondaco.upload/1`
    pub schema: &'static str,
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// The version.
    pub version: String,
    /// The file's name.
    pub file_name: String,
    /// The content.
    pub sha256: String,
    /// When it came.
    pub uploaded_at: String,
    /// `allowed`, `held`, `blocked`, `undecided` or `deleted`: whether the file is served now.
    pub state: &'static str,
    /// Why it is not served, in one line.
    pub reason: Option<String>,
    /// Where the report is, for a person.
    pub report: String,
    /// Whether its uploader or an owner of the project can appeal now: `POST .../appeals`.
    pub appealable: bool,
    /// The newest appeal against it.
    pub appeal: Option<AppealState>,
    /// What is other about who uploaded than before; for staff alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<Vec<UploadFact>>,
}

/// What is other about who uploaded a file than with the uploads to its project before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UploadFact {
    /// `uploader-new`, `credential-changed`, `network-new` or `long-silence`.
    pub fact: &'static str,
    /// How it was and is, in one line.
    pub detail: String,
}

impl From<fondaco_model::UploadFact> for UploadFact {
    fn from(fact: fondaco_model::UploadFact) -> Self {
        Self { fact: fact.kind.id(), detail: fact.detail }
    }
}

/// One upload to a project, as staff sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastUpload {
    /// The file's name.
    pub file_name: String,
    /// The version.
    pub version: String,
    /// The content.
    pub sha256: String,
    /// Whether it was taken; else it was blocked.
    pub taken: bool,
    /// Who.
    pub uploaded_by: String,
    /// When.
    pub uploaded_at: String,
    /// From which network, where that is known.
    pub network: Option<String>,
    /// What is other about who uploaded.
    pub facts: Vec<UploadFact>,
}

impl PastUpload {
    /// An upload, with what is other about it.
    pub fn new(upload: fondaco_model::Upload, facts: Vec<fondaco_model::UploadFact>) -> Self {
        Self {
            file_name: upload.file_name,
            version: upload.version.to_string(),
            sha256: upload.sha256.to_string(),
            taken: upload.taken,
            uploaded_by: upload.uploaded_by,
            uploaded_at: fondaco_model::rfc3339(upload.uploaded_at),
            network: upload.network,
            facts: facts.into_iter().map(Into::into).collect(),
        }
    }
}

/// One token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Token {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// The projects that it is for; null: every project.
    pub projects: Option<Vec<String>>,
    /// The namespaces that it is for; null: every project.
    pub namespaces: Option<Vec<String>>,
    /// The teams that it belongs to.
    pub teams: Vec<String>,
    /// Whether it may manage the index by the API.
    pub manages: bool,
    /// Who holds it: `user:ID` or a name; null where nobody has said.
    pub holder: Option<String>,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: String,
    /// Until when it counts.
    pub expires_at: Option<String>,
    /// When it was last used.
    pub last_used_at: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<String>,
}

impl From<&fondaco_model::Token> for Token {
    fn from(token: &fondaco_model::Token) -> Self {
        let at = |instant: Option<fondaco_model::Timestamp>| instant.map(fondaco_model::rfc3339);
        let (projects, namespaces) = match &token.scope {
            fondaco_model::TokenScope::Everything => (None, None),
            fondaco_model::TokenScope::Named { projects, namespaces } => (
                Some(projects.iter().map(ToString::to_string).collect()),
                Some(namespaces.iter().map(ToString::to_string).collect()),
            ),
        };
        Self {
            id: token.id.clone(),
            label: token.label.clone(),
            projects,
            namespaces,
            teams: token.teams.iter().map(ToString::to_string).collect(),
            manages: token.manages,
            holder: token.holder.clone(),
            made_by: token.made_by.clone(),
            made_at: fondaco_model::rfc3339(token.made_at),
            expires_at: at(token.expires_at),
            last_used_at: at(token.last_used_at),
            revoked_at: at(token.revoked_at),
        }
    }
}
