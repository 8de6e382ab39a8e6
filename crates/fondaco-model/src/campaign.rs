use fondaco_campaign::{CampaignId, MemberId, State};
use fondaco_pydist::{ProjectName, Sha256};
use fondaco_verdict::Verdict;
use jiff::Timestamp;

/// A campaign as the index keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignRecord {
    /// Its id.
    pub id: CampaignId,
    /// How it stands.
    pub state: State,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// The campaign that its members are of now, where it was merged.
    pub merged_into: Option<CampaignId>,
    /// Whether a member was found suspicious or malicious: then its members are held.
    pub has_core: bool,
}

/// A campaign in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignSummary {
    /// The campaign.
    pub record: CampaignRecord,
    /// Its members.
    pub members: u64,
    /// Distinct projects among them.
    pub projects: u64,
}

/// An inspected artifact, as campaigns are clustered by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Its id among the members of campaigns.
    pub member: MemberId,
    /// The content.
    pub sha256: Sha256,
    /// The project.
    pub project: ProjectName,
    /// The file.
    pub file_name: String,
    /// Who uploaded it, where that is known.
    pub account: Option<String>,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// What its inspection concluded.
    pub verdict: Verdict,
    /// Whether people had relied on the project for long when it came.
    pub established: bool,
    /// The name that its own can be mistaken for.
    pub target: Option<String>,
    /// What it may share with others, as one line.
    pub prints: String,
    /// The campaign that it is in.
    pub campaign: Option<CampaignId>,
    /// Whether an analyst has put it there.
    pub pinned: bool,
}
