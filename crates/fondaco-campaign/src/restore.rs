//! An engine from what was kept of it.

use crate::campaign::{CampaignId, State};
use crate::cluster::pair;
use crate::engine::{Engine, Limits};
use crate::member::{Artifact, Member};

/// An artifact, and where it was.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The artifact.
    pub artifact: Artifact,
    /// Its campaign, if it was in one.
    pub campaign: Option<CampaignId>,
    /// Whether an analyst has put it there.
    pub pinned: bool,
}

impl Engine {
    /// An engine as it was: artifacts in the order in which they came, campaigns with their states,
    /// ids that are no longer used, and campaigns that an analyst keeps apart. Ties between artifacts
    /// that were in no campaign are found anew.
    pub fn restore(
        limits: Limits,
        placed: impl IntoIterator<Item = Placed>,
        campaigns: &[(CampaignId, State)],
        retired: impl IntoIterator<Item = CampaignId>,
        apart: impl IntoIterator<Item = (CampaignId, CampaignId)>,
    ) -> Self {
        let mut engine = Self::new(limits);
        engine.retired.extend(retired);
        engine.apart.extend(apart.into_iter().map(|(a, b)| pair(a, b)));
        let state =
            |id: CampaignId| campaigns.iter().find(|(known, _)| *known == id).map(|(_, state)| *state);
        let mut loose = Vec::new();
        for Placed { artifact, campaign, pinned } in placed {
            let member = Member { pinned, ..Member::of(&artifact) };
            if engine.by_id.contains_key(&member.id) {
                continue;
            }
            let when = member.at;
            let at = engine.place(member);
            let Some(own) = engine.cluster_of(at) else { continue };
            match campaign {
                None => loose.push(at),
                Some(id) => {
                    let cluster = match engine.campaigns.get(&id).copied() {
                        Some(cluster) => engine.join(cluster, own),
                        None => own,
                    };
                    let state = state(id).unwrap_or(State::Open);
                    let kept = &mut engine.clusters[cluster as usize];
                    kept.campaign = Some((id, state));
                    kept.last_at = kept.last_at.max(when);
                    engine.campaigns.insert(id, cluster);
                }
            }
        }
        for at in loose {
            engine.pair_up(at);
        }
        engine
    }

    /// Joins a loose member to loose ones that it is tied to.
    fn pair_up(&mut self, at: u32) {
        for (other, tie) in self.ties(at) {
            let (Some(own), Some(theirs)) = (self.cluster_of(at), self.cluster_of(other)) else { continue };
            let free = |cluster: u32| self.clusters[cluster as usize].campaign.is_none();
            if own != theirs && free(own) && free(theirs) {
                let cluster = self.join(own, theirs);
                let state = &mut self.clusters[cluster as usize];
                state.strong |= tie.strong;
                state.burst |= tie.burst;
            }
        }
    }
}
