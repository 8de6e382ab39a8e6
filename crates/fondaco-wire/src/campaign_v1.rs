//! `fondaco.campaign/1`: campaigns and their members.

use fondaco_model::{CampaignRecord, CampaignSummary, Fingerprint, rfc3339};
use serde::Serialize;

/// A list of campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Campaigns {
    /// `fondaco.campaigns/1`
    pub schema: &'static str,
    /// The one that changed last first.
    pub campaigns: Vec<Summary>,
}

/// A campaign in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its id.
    pub id: String,
    /// `open`, `closed`, `dismissed`
    pub state: &'static str,
    /// When it was opened.
    pub opened_at: String,
    /// When it last changed.
    pub changed_at: String,
    /// Whether a member was found suspicious or malicious: then new members are held.
    pub has_core: bool,
    /// Its members.
    pub members: u64,
    /// Distinct projects among them.
    pub projects: u64,
}

/// A campaign with its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Campaign {
    /// `fondaco.campaign/1`
    pub schema: &'static str,
    /// Its id.
    pub id: String,
    /// `open`, `closed`, `dismissed`
    pub state: &'static str,
    /// The campaign that its members are of now, where it was merged.
    pub merged_into: Option<String>,
    /// When it was opened.
    pub opened_at: String,
    /// When it last changed.
    pub changed_at: String,
    /// Whether a member was found suspicious or malicious.
    pub has_core: bool,
    /// Its members, first to last.
    pub members: Vec<Member>,
    /// Members that are not shown: files of our own that are not served are told to nobody.
    pub hidden: u64,
}

/// A member of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The project.
    pub project: String,
    /// The file.
    pub file_name: String,
    /// The content.
    pub sha256: String,
    /// When it was uploaded.
    pub uploaded_at: String,
    /// What its inspection concluded.
    pub verdict: &'static str,
    /// The name that its own can be mistaken for.
    pub target: Option<String>,
    /// Who uploaded it; for the operator only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What ties it to the others, strongest first.
    pub ties: Vec<&'static str>,
}

impl From<&CampaignSummary> for Summary {
    fn from(summary: &CampaignSummary) -> Self {
        let record = &summary.record;
        Self {
            id: record.id.to_string(),
            state: record.state.id(),
            opened_at: rfc3339(record.opened_at),
            changed_at: rfc3339(record.changed_at),
            has_core: record.has_core,
            members: summary.members,
            projects: summary.projects,
        }
    }
}

impl Member {
    /// A member, and what ties it to the others.
    pub fn new(one: &Fingerprint, ties: Vec<&'static str>) -> Self {
        Self {
            project: one.project.to_string(),
            file_name: one.file_name.clone(),
            sha256: one.sha256.to_string(),
            uploaded_at: rfc3339(one.uploaded_at),
            verdict: one.verdict.id(),
            target: one.target.clone(),
            account: one.account.clone(),
            ties,
        }
    }
}

impl Campaign {
    /// A campaign with these members.
    pub fn new(record: &CampaignRecord, members: Vec<Member>, hidden: u64) -> Self {
        Self {
            schema: "fondaco.campaign/1",
            id: record.id.to_string(),
            state: record.state.id(),
            merged_into: record.merged_into.map(|id| id.to_string()),
            opened_at: rfc3339(record.opened_at),
            changed_at: rfc3339(record.changed_at),
            has_core: record.has_core,
            members,
            hidden,
        }
    }
}
