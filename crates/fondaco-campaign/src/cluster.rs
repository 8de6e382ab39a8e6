use crate::campaign::State;
use crate::{CampaignId, MemberId};

/// Members that belong together.
#[derive(Debug, Default)]
pub(crate) struct Cluster {
    /// In the order in which they came.
    pub(crate) members: Vec<u32>,
    /// Once it is one.
    pub(crate) campaign: Option<(CampaignId, State)>,
    /// Whether a tie in it rests on a key that would do alone.
    pub(crate) strong: bool,
    /// Whether it is a burst of lookalike names.
    pub(crate) burst: bool,
    /// When its ties were last looked at anew, in seconds since 1970.
    pub(crate) checked_at: i64,
    /// When its last member came.
    pub(crate) last_at: i64,
}

/// Who would merge two campaigns: distinct projects, a few.
#[derive(Debug, Default)]
pub(crate) struct Bridge {
    pub(crate) projects: Vec<u64>,
}

/// Two campaigns, the lesser id first.
pub(crate) fn pair(a: CampaignId, b: CampaignId) -> (CampaignId, CampaignId) {
    if a <= b { (a, b) } else { (b, a) }
}

/// The id of a new campaign: by the first of its members whose id was never used.
pub(crate) fn founded(
    members: impl Iterator<Item = MemberId>,
    is_taken: impl Fn(CampaignId) -> bool,
) -> Option<CampaignId> {
    members.map(CampaignId::of).find(|id| !is_taken(*id))
}
