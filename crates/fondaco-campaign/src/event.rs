use crate::{CampaignId, MemberId};

/// What became of campaigns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A cluster became a campaign.
    Opened {
        /// The campaign.
        campaign: CampaignId,
        /// Its members, first to last.
        members: Vec<MemberId>,
    },
    /// An artifact joined an open campaign.
    Grew {
        /// The campaign.
        campaign: CampaignId,
        /// The artifact.
        member: MemberId,
    },
    /// An artifact joined a campaign that was closed, or had been quiet for long.
    Reopened {
        /// The campaign.
        campaign: CampaignId,
        /// The artifact.
        member: MemberId,
    },
    /// Two campaigns are one.
    Merged {
        /// The one that goes on.
        campaign: CampaignId,
        /// The one that is no more; its members are the other's.
        from: CampaignId,
    },
    /// A part of a campaign is one of its own.
    Split {
        /// The campaign.
        campaign: CampaignId,
        /// The new one.
        into: CampaignId,
        /// Its members.
        members: Vec<MemberId>,
    },
    /// What tied an artifact to a campaign is everybody's.
    Left {
        /// The campaign.
        campaign: CampaignId,
        /// The artifact.
        member: MemberId,
    },
}

impl Event {
    /// The campaign that it is about.
    pub fn campaign(&self) -> CampaignId {
        match self {
            Self::Opened { campaign, .. }
            | Self::Grew { campaign, .. }
            | Self::Reopened { campaign, .. }
            | Self::Merged { campaign, .. }
            | Self::Split { campaign, .. }
            | Self::Left { campaign, .. } => *campaign,
        }
    }
}
