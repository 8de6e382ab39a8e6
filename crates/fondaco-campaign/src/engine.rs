use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use crate::campaign::{Campaign, CampaignId};
use crate::cluster::{Bridge, Cluster};
use crate::index::Index;
use crate::member::{Member, MemberId};
use crate::tie::Tie;

/// What an engine may take in.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Artifacts that are remembered; past that the oldest that are in no campaign are forgotten.
    pub members: usize,
    /// Members of one campaign that are remembered; past that its later ones find it by the others.
    pub per_campaign: usize,
    /// Artifacts that one new one is compared with.
    pub candidates: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { members: 1_000_000, per_campaign: 20_000, candidates: 256 }
    }
}

/// How much an engine holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Artifacts.
    pub members: usize,
    /// Distinct keys and bands.
    pub keys: usize,
    /// Campaigns, also those that are closed.
    pub campaigns: usize,
}

/// Finds campaigns in a stream of artifacts.
#[derive(Debug, Default)]
pub struct Engine {
    pub(crate) limits: Limits,
    pub(crate) members: Vec<Option<Member>>,
    pub(crate) free: Vec<u32>,
    pub(crate) by_id: HashMap<MemberId, u32, foldhash::fast::RandomState>,
    /// In the order in which they came; those in campaigns stay when their turn comes.
    pub(crate) order: VecDeque<u32>,
    pub(crate) index: Index,
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) free_clusters: Vec<u32>,
    pub(crate) campaigns: BTreeMap<CampaignId, u32>,
    /// Ids that are no longer used.
    pub(crate) retired: BTreeSet<CampaignId>,
    /// Campaigns that an analyst keeps apart.
    pub(crate) apart: BTreeSet<(CampaignId, CampaignId)>,
    pub(crate) bridges: BTreeMap<(CampaignId, CampaignId), Bridge>,
}

impl Engine {
    /// With these limits, and nothing in it.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    pub(crate) fn member(&self, at: u32) -> Option<&Member> {
        self.members.get(at as usize).and_then(Option::as_ref)
    }

    pub(crate) fn is_bad(&self, at: u32) -> bool {
        self.member(at).is_some_and(|member| member.bad)
    }

    pub(crate) fn cluster_of(&self, at: u32) -> Option<u32> {
        self.member(at).map(|member| member.cluster)
    }

    /// The campaign that an artifact is in.
    pub fn campaign_of(&self, id: MemberId) -> Option<CampaignId> {
        let at = self.by_id.get(&id)?;
        let cluster = self.cluster_of(*at)?;
        self.clusters.get(cluster as usize)?.campaign.map(|(id, _)| id)
    }

    /// A campaign as it stands.
    pub fn campaign(&self, id: CampaignId) -> Option<Campaign> {
        let at = *self.campaigns.get(&id)?;
        let cluster = self.clusters.get(at as usize)?;
        let (_, state) = cluster.campaign?;
        let members = || cluster.members.iter().filter_map(|at| self.member(*at));
        let projects: BTreeSet<u64> = members().map(|member| member.project).collect();
        Some(Campaign {
            id,
            state,
            members: self.ids(at),
            projects: projects.len(),
            has_core: members().any(|member| member.bad),
            last_at: cluster.last_at,
        })
    }

    /// All campaigns, by id.
    pub fn campaigns(&self) -> impl Iterator<Item = Campaign> {
        self.campaigns.keys().filter_map(|id| self.campaign(*id))
    }

    /// How much it holds.
    pub fn usage(&self) -> Usage {
        Usage { members: self.by_id.len(), keys: self.index.len(), campaigns: self.campaigns.len() }
    }

    /// Distinct projects of a cluster, and those in which something was found; counted no further
    /// than matters.
    pub(crate) fn projects(&self, cluster: u32, most: usize) -> (usize, usize) {
        let (mut all, mut bad) = (BTreeSet::new(), BTreeSet::new());
        let members = self.clusters.get(cluster as usize).map(|c| c.members.as_slice()).unwrap_or_default();
        for member in members.iter().filter_map(|at| self.member(*at)) {
            all.insert(member.project);
            if member.bad {
                bad.insert(member.project);
            }
            if bad.len() >= most {
                break;
            }
        }
        (all.len(), bad.len())
    }

    pub(crate) fn new_cluster(&mut self, members: Vec<u32>, at: i64) -> u32 {
        let cluster = Cluster { members, checked_at: at, last_at: at, ..Cluster::default() };
        let place = match self.free_clusters.pop() {
            Some(place) => {
                self.clusters[place as usize] = cluster;
                place
            }
            None => {
                self.clusters.push(cluster);
                (self.clusters.len() - 1) as u32
            }
        };
        let members = std::mem::take(&mut self.clusters[place as usize].members);
        for at in &members {
            if let Some(member) = self.members.get_mut(*at as usize).and_then(Option::as_mut) {
                member.cluster = place;
            }
        }
        self.clusters[place as usize].members = members;
        place
    }

    /// Joins one cluster to another, the smaller to the larger; where it lies then. What is a campaign
    /// goes on as `keep` says.
    pub(crate) fn join(&mut self, a: u32, b: u32) -> u32 {
        if a == b {
            return a;
        }
        let size = |at: u32| self.clusters[at as usize].members.len();
        let (into, from) = if size(a) >= size(b) { (a, b) } else { (b, a) };
        let gone = std::mem::take(&mut self.clusters[from as usize]);
        self.free_clusters.push(from);
        for at in &gone.members {
            if let Some(member) = self.members.get_mut(*at as usize).and_then(Option::as_mut) {
                member.cluster = into;
            }
        }
        let stays = &mut self.clusters[into as usize];
        stays.members.extend(gone.members);
        stays.strong |= gone.strong;
        stays.burst |= gone.burst;
        stays.last_at = stays.last_at.max(gone.last_at);
        if stays.campaign.is_none() {
            stays.campaign = gone.campaign;
        }
        if let Some((id, _)) = stays.campaign {
            self.campaigns.insert(id, into);
        }
        into
    }
}

impl Engine {
    /// How two artifacts are tied, whether or not that is enough; `None` where one is not known or
    /// nothing can tie them.
    pub fn between(&self, one: MemberId, other: MemberId) -> Option<Tie> {
        let member = |id: MemberId| self.by_id.get(&id).and_then(|at| self.member(*at));
        let (one, other) = (member(one)?, member(other)?);
        let now = one.at.max(other.at);
        self.tie((one, &self.rarities(one, now)), other, now)
    }

    /// What ties an artifact to others of its campaign, strongest first: at most `most`.
    pub fn why(&self, id: MemberId, most: usize) -> Vec<(MemberId, Tie)> {
        let Some(at) = self.by_id.get(&id).copied() else { return Vec::new() };
        let own = self.cluster_of(at);
        let within = |other: &u32| self.cluster_of(*other) == own;
        let ties = self.ties(at).into_iter().filter(|(other, _)| within(other));
        let mut ties: Vec<(MemberId, Tie)> =
            ties.filter_map(|(other, tie)| Some((self.member(other)?.id, tie))).collect();
        ties.sort_by(|a, b| b.1.strength.total_cmp(&a.1.strength).then(a.0.cmp(&b.0)));
        ties.truncate(most);
        ties
    }
}
