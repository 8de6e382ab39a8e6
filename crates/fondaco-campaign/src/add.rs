//! One more artifact.

use std::collections::{BTreeMap, HashSet};

use crate::campaign::{CampaignId, State};
use crate::cluster::{founded, pair};
use crate::engine::Engine;
use crate::event::Event;
use crate::index::{BANDED, bands, leads, place};
use crate::key::{Key, Kind};
use crate::member::{Artifact, Member, MemberId};
use crate::tie::{ENOUGH, STANDS, Tie};

/// Projects that make a campaign.
const OPENS: usize = 3;
/// With a key that would do alone.
const OPENS_STRONG: usize = 2;
/// A campaign without a new member for so long is reopened by one, in seconds.
const QUIET: i64 = STANDS;
/// For each so many projects that two campaigns have, it takes one more to merge them.
const PER_BRIDGE: usize = 5;
/// No more bridges than this are asked for.
const MAX_BRIDGES: usize = 4;
/// Pairs of campaigns whose bridges are remembered.
const MAX_PAIRS: usize = 10_000;

impl Engine {
    /// Takes an artifact in. One that is known only becomes worse, never better.
    pub fn add(&mut self, artifact: &Artifact) -> Vec<Event> {
        let member = Member::of(artifact);
        if let Some(at) = self.by_id.get(&member.id).copied() {
            return self.again(at, member);
        }
        self.make_room();
        let at = self.place(member);
        self.settle(at)
    }

    /// A known artifact, inspected once more.
    fn again(&mut self, at: u32, new: Member) -> Vec<Event> {
        let Some(known) = self.member(at) else { return Vec::new() };
        if known.bad || !new.bad {
            return Vec::new();
        }
        // What is bad is carried as such: it is written down anew, where it was.
        let (cluster, pinned, when) = (known.cluster, known.pinned, known.at);
        if let Some(old) = self.members[at as usize].take() {
            self.index.remove(at, &old);
        }
        self.members[at as usize] = Some(Member { cluster, pinned, at: when, ..new });
        self.index.insert(at, &self.members);
        self.settle(at)
    }

    /// Writes a member down, in a cluster of its own.
    pub(crate) fn place(&mut self, member: Member) -> u32 {
        let (id, when) = (member.id, member.at);
        let at = match self.free.pop() {
            Some(at) => {
                self.members[at as usize] = Some(member);
                at
            }
            None => {
                self.members.push(Some(member));
                (self.members.len() - 1) as u32
            }
        };
        self.by_id.insert(id, at);
        self.order.push_back(at);
        self.new_cluster(vec![at], when);
        self.index.insert(at, &self.members);
        at
    }

    /// Joins a member to what it is tied to, and says what became of campaigns.
    fn settle(&mut self, at: u32) -> Vec<Event> {
        let Some(member) = self.member(at) else { return Vec::new() };
        let (id, project, now) = (member.id, member.project, member.at);
        let (bad, established, own) = (member.bad, member.established, member.cluster);
        let mut events = Vec::new();
        if established && !bad {
            events = self.recheck_after(at);
        }
        let ties = self.ties(at);
        let mut best: BTreeMap<u32, Tie> = BTreeMap::new();
        for (other, tie) in ties {
            let Some(cluster) = self.cluster_of(other).filter(|cluster| *cluster != own) else { continue };
            let known = best.entry(cluster).or_default();
            known.strong |= tie.strong;
            known.burst |= tie.burst;
            if tie.strength > known.strength {
                known.strength = tie.strength;
            }
        }
        let mut joined = own;
        let mut is_in = self.clusters[own as usize].campaign.map(|(id, _)| id);
        let before = is_in;
        let mut last_at = now;
        // Loose members that come along.
        let mut along: Vec<MemberId> = Vec::new();
        // The strongest first; of equals the older campaign.
        let mut order: Vec<(u32, Tie)> = best.into_iter().collect();
        order.sort_by(|a, b| b.1.strength.total_cmp(&a.1.strength).then(a.0.cmp(&b.0)));
        for (cluster, tie) in order {
            let theirs = self.clusters[cluster as usize].campaign.map(|(id, _)| id);
            if let (Some(ours), Some(theirs)) = (is_in, theirs) {
                match self.may_merge(ours, theirs, project) {
                    true => events.push(self.merge_campaigns(ours, theirs, &mut joined, &mut is_in)),
                    false => continue,
                }
            } else {
                if is_in.is_none() && theirs.is_some() {
                    last_at = self.clusters[cluster as usize].last_at;
                }
                if theirs.is_none() {
                    along.extend(self.ids(cluster));
                }
                joined = self.join(joined, cluster);
                is_in = is_in.or(theirs);
            }
            let cluster = &mut self.clusters[joined as usize];
            cluster.strong |= tie.strong;
            cluster.burst |= tie.burst;
        }
        if joined != own || self.clusters[joined as usize].members.len() > 1 {
            events.extend(self.after_joining(joined, (id, now), before.is_some(), last_at));
            if let Some(campaign) = is_in {
                events.extend(along.into_iter().map(|member| Event::Grew { campaign, member }));
            }
        }
        events
    }

    /// What follows from a member having joined a cluster.
    /// Its campaign, if it has one, had its last member at `last_at` before.
    fn after_joining(
        &mut self,
        cluster: u32,
        (member, now): (MemberId, i64),
        was_in: bool,
        last_at: i64,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        let state = &mut self.clusters[cluster as usize];
        let quiet = now.saturating_sub(last_at) > QUIET;
        state.last_at = state.last_at.max(now);
        let stale = now.saturating_sub(state.checked_at) > STANDS;
        match state.campaign {
            Some((campaign, State::Dismissed)) if !was_in => events.push(Event::Grew { campaign, member }),
            Some((campaign, held)) if !was_in => {
                state.campaign = Some((campaign, State::Open));
                events.push(match held {
                    State::Open if !quiet => Event::Grew { campaign, member },
                    _ => Event::Reopened { campaign, member },
                });
            }
            Some(_) => {}
            None => events.extend(self.open(cluster)),
        }
        if stale {
            events.extend(self.recheck(cluster, now));
        }
        events
    }

    /// Makes a campaign of a cluster that is enough for one.
    pub(crate) fn open(&mut self, cluster: u32) -> Option<Event> {
        if !self.is_enough(cluster) {
            return None;
        }
        let members: Vec<MemberId> = self.ids(cluster);
        let taken = |id: CampaignId| self.campaigns.contains_key(&id) || self.retired.contains(&id);
        let campaign = founded(members.iter().copied(), taken)?;
        self.clusters[cluster as usize].campaign = Some((campaign, State::Open));
        self.campaigns.insert(campaign, cluster);
        Some(Event::Opened { campaign, members })
    }

    /// Whether a cluster is enough for a campaign.
    pub(crate) fn is_enough(&self, cluster: u32) -> bool {
        let (projects, bad) = self.projects(cluster, OPENS);
        let Some(cluster) = self.clusters.get(cluster as usize) else { return false };
        let core = bad >= 2;
        let malicious = || cluster.members.iter().any(|at| self.member(*at).is_some_and(|m| m.malicious));
        core && projects >= OPENS
            || core && projects >= OPENS_STRONG && cluster.strong && malicious()
            || cluster.burst && projects >= OPENS
    }

    /// The members of a cluster, first to last.
    pub(crate) fn ids(&self, cluster: u32) -> Vec<MemberId> {
        let members = self.clusters[cluster as usize].members.iter();
        let mut members: Vec<(i64, MemberId)> =
            members.filter_map(|at| self.member(*at)).map(|member| (member.at, member.id)).collect();
        members.sort_unstable();
        members.into_iter().map(|(_, id)| id).collect()
    }

    /// Whether one more project that is tied to both is enough to merge two campaigns.
    fn may_merge(&mut self, a: CampaignId, b: CampaignId, project: u64) -> bool {
        let both = pair(a, b);
        if self.apart.contains(&both) || a == b {
            return false;
        }
        let size = |id: CampaignId| {
            self.campaigns.get(&id).map_or(0, |at| self.projects(*at, PER_BRIDGE * MAX_BRIDGES).0)
        };
        let needed = (1 + size(a).min(size(b)) / PER_BRIDGE).min(MAX_BRIDGES);
        if self.bridges.len() >= MAX_PAIRS && !self.bridges.contains_key(&both) {
            self.bridges.pop_first();
        }
        let bridge = self.bridges.entry(both).or_default();
        if !bridge.projects.contains(&project) && bridge.projects.len() < MAX_BRIDGES {
            bridge.projects.push(project);
        }
        bridge.projects.len() >= needed
    }

    /// Merges two campaigns; the older goes on.
    fn merge_campaigns(
        &mut self,
        a: CampaignId,
        b: CampaignId,
        joined: &mut u32,
        is_in: &mut Option<CampaignId>,
    ) -> Event {
        let began = |id: CampaignId| {
            let at = self.campaigns.get(&id).and_then(|at| self.clusters[*at as usize].members.first());
            at.and_then(|at| self.member(*at)).map_or(i64::MAX, |member| member.at)
        };
        let (campaign, from) = if (began(a), a) <= (began(b), b) { (a, b) } else { (b, a) };
        *joined = self.unite(campaign, from);
        *is_in = Some(campaign);
        Event::Merged { campaign, from }
    }

    /// Makes two campaigns one.
    pub(crate) fn unite(&mut self, campaign: CampaignId, from: CampaignId) -> u32 {
        let (Some(into), Some(gone)) = (self.campaigns.get(&campaign).copied(), self.campaigns.remove(&from))
        else {
            return 0;
        };
        let state = |at: u32| self.clusters[at as usize].campaign.map(|(_, state)| state);
        let open = [state(into), state(gone)].contains(&Some(State::Open));
        let kept = if open { State::Open } else { state(into).unwrap_or(State::Open) };
        let into = self.join(into, gone);
        self.clusters[into as usize].campaign = Some((campaign, kept));
        self.campaigns.insert(campaign, into);
        self.retired.insert(from);
        self.bridges.retain(|(a, b), _| *a != from && *b != from);
        let apart: Vec<_> = self.apart.iter().filter(|(a, b)| *a == from || *b == from).copied().collect();
        for (a, b) in apart {
            self.apart.remove(&(a, b));
            let other = if a == from { b } else { a };
            self.apart.insert(pair(campaign, other));
        }
        into
    }

    /// Those that a member is tied to, in order.
    pub(crate) fn ties(&self, at: u32) -> Vec<(u32, Tie)> {
        let Some(member) = self.member(at) else { return Vec::new() };
        let rarities = self.rarities(member, member.at);
        let candidates = self.candidates((at, member), &rarities);
        let tied = candidates.into_iter().filter_map(|other| {
            let other_member = self.member(other)?;
            let tie = self.tie((member, &rarities), other_member, member.at.max(other_member.at))?;
            (tie.strength >= ENOUGH).then_some((other, tie))
        });
        tied.collect()
    }

    /// Those that share something with a member that can tie, in the order of what they share.
    fn candidates(&self, (at, member): (u32, &Member), rarities: &[f32]) -> Vec<u32> {
        let mut seen: HashSet<u32, foldhash::fast::RandomState> = HashSet::default();
        let mut found = Vec::new();
        let bad = |at: u32| self.is_bad(at);
        let mut look = |place: u64, among_others: bool| {
            self.index.carriers(place, &bad, |other, is_bad| {
                let wanted = other != at && (is_bad || among_others) && found.len() < self.limits.candidates;
                if wanted && seen.insert(other) {
                    found.push(other);
                }
            });
        };
        let told = |key: &Key| matches!(key.kind, Kind::Text | Kind::Layout);
        let bursts = !member.bad && !member.established && member.has(Kind::Target);
        for key in member.keys.iter().filter(|key| leads(key.kind)) {
            // Weak keys lead to others in a burst only, and to who was caught with the same account.
            match key.kind {
                _ if told(key) => {
                    if bursts {
                        look(place(*key), true);
                    }
                }
                Kind::Account if !member.bad => {}
                kind => {
                    if kind.is_secret() || self.rarity(*key, member.at) > 0.0 {
                        look(place(*key), member.bad && kind != Kind::Account);
                    }
                }
            }
        }
        for (shape, _) in member.shapes.iter().zip(rarities).take(BANDED).filter(|(_, rarity)| **rarity > 0.0)
        {
            bands(shape).for_each(|band| look(band, false));
        }
        found
    }

    /// Forgets the oldest that is in no campaign, or that its campaign can do without.
    fn make_room(&mut self) {
        let mut tries = 0;
        while self.by_id.len() >= self.limits.members.max(1) && tries < 10_000 {
            tries += 1;
            let Some(at) = self.order.pop_front() else { return };
            let Some(member) = self.member(at) else { continue };
            let cluster = &self.clusters[member.cluster as usize];
            if cluster.campaign.is_some() && cluster.members.len() <= self.limits.per_campaign {
                self.order.push_back(at);
                continue;
            }
            self.forget(at);
        }
    }

    fn forget(&mut self, at: u32) {
        let Some(member) = self.members[at as usize].take() else { return };
        self.index.remove(at, &member);
        self.by_id.remove(&member.id);
        self.free.push(at);
        let cluster = &mut self.clusters[member.cluster as usize];
        cluster.members.retain(|other| *other != at);
        if cluster.members.is_empty() && cluster.campaign.is_none() {
            self.free_clusters.push(member.cluster);
        }
    }
}
