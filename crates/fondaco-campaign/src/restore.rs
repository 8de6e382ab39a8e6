//! An engine from what was kept of it.

use std::collections::BTreeMap;

use crate::campaign::{CampaignId, State};
use crate::cluster::pair;
use crate::engine::{Engine, Limits};
use crate::key::Kind;
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

/// Seconds in which placeholders of a wave come, and find each other.
const BURST: i64 = 3_600;

/// An engine that is being made from what was kept of it, piece by piece: what was kept need not be in
/// memory at once.
#[derive(Debug, Default)]
pub struct Restoring {
    engine: Engine,
    states: BTreeMap<CampaignId, State>,
    loose: Vec<u32>,
    newest: i64,
}

impl Restoring {
    /// With campaigns and their states, ids that are no longer used, and campaigns that an analyst
    /// keeps apart.
    pub fn new(
        limits: Limits,
        campaigns: impl IntoIterator<Item = (CampaignId, State)>,
        retired: impl IntoIterator<Item = CampaignId>,
        apart: impl IntoIterator<Item = (CampaignId, CampaignId)>,
    ) -> Self {
        let mut engine = Engine::new(limits);
        engine.retired.extend(retired);
        engine.apart.extend(apart.into_iter().map(|(a, b)| pair(a, b)));
        Self { engine, states: campaigns.into_iter().collect(), ..Self::default() }
    }

    /// The next artifact, in the order in which they came.
    pub fn place(&mut self, Placed { artifact, campaign, pinned }: Placed) {
        let (engine, member) = (&mut self.engine, Member { pinned, ..Member::of(&artifact) });
        if engine.by_id.contains_key(&member.id) {
            return;
        }
        let when = member.at;
        self.newest = self.newest.max(when);
        let at = engine.place(member);
        let Some(own) = engine.cluster_of(at) else { return };
        let Some(id) = campaign else {
            self.loose.push(at);
            return;
        };
        let cluster = match engine.campaigns.get(&id).copied() {
            Some(cluster) => engine.join(cluster, own),
            None => own,
        };
        let kept = &mut engine.clusters[cluster as usize];
        kept.campaign = Some((id, self.states.get(&id).copied().unwrap_or(State::Open)));
        kept.last_at = kept.last_at.max(when);
        engine.campaigns.insert(id, cluster);
    }

    /// The engine as it was. Ties between artifacts that were in no campaign are found anew: of those in
    /// which something was found, to whatever it is; of the others only to who came in the same burst,
    /// and only while that can go on.
    pub fn finish(self) -> Engine {
        let Self { mut engine, loose, newest, .. } = self;
        for at in loose {
            let Some(member) = engine.member(at) else { continue };
            let may_burst = member.has(Kind::Target) && member.at.saturating_add(2 * BURST) >= newest;
            if member.bad || may_burst {
                engine.pair_up(at);
            }
        }
        engine
    }
}

impl Engine {
    /// An engine as it was, at once; see [`Restoring`].
    pub fn restore(
        limits: Limits,
        placed: impl IntoIterator<Item = Placed>,
        campaigns: &[(CampaignId, State)],
        retired: impl IntoIterator<Item = CampaignId>,
        apart: impl IntoIterator<Item = (CampaignId, CampaignId)>,
    ) -> Self {
        let mut restoring = Restoring::new(limits, campaigns.iter().copied(), retired, apart);
        placed.into_iter().for_each(|one| restoring.place(one));
        restoring.finish()
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
