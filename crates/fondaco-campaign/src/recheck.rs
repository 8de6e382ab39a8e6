//! Looks at ties anew, after what they rest on has turned out to be everybody's.

use std::collections::{BTreeMap, BTreeSet};

use crate::campaign::{CampaignId, State};
use crate::cluster::founded;
use crate::engine::Engine;
use crate::event::Event;
use crate::index::carrying;

/// Larger clusters are not taken apart: what holds so many together is no accident.
const MOST: usize = 5_000;

impl Engine {
    /// After an established project has come with what clusters may rest on.
    pub(crate) fn recheck_after(&mut self, at: u32) -> Vec<Event> {
        let Some(member) = self.member(at) else { return Vec::new() };
        let now = member.at;
        let mut clusters = BTreeSet::new();
        let bad = |at: u32| self.is_bad(at);
        // What was everybody's before holds nothing together.
        for place in carrying(member).filter(|place| !self.is_everybodys(*place, at, now)) {
            self.index.carriers(place, &bad, |other, is_bad| {
                if is_bad {
                    clusters.extend(self.cluster_of(other));
                }
            });
        }
        clusters.retain(|cluster| self.clusters[*cluster as usize].members.len() > 1);
        clusters.into_iter().flat_map(|cluster| self.recheck(cluster, now)).collect()
    }

    /// Looks at the ties of one cluster anew, and takes apart what no longer holds together.
    pub(crate) fn recheck(&mut self, cluster: u32, now: i64) -> Vec<Event> {
        let state = &mut self.clusters[cluster as usize];
        state.checked_at = now;
        let members = state.members.clone();
        if members.len() < 2 || members.len() > MOST {
            return Vec::new();
        }
        let parts = self.parts(&members);
        if parts.len() < 2 {
            return Vec::new();
        }
        // Where an analyst has put something is the campaign; else where most projects are.
        let weight = |part: &Vec<u32>| {
            let pinned = part.iter().any(|at| self.member(*at).is_some_and(|member| member.pinned));
            let projects: BTreeSet<u64> =
                part.iter().filter_map(|at| self.member(*at)).map(|member| member.project).collect();
            (pinned, projects.len())
        };
        let mut main = 0;
        for (at, part) in parts.iter().enumerate() {
            if weight(part) > weight(&parts[main]) {
                main = at;
            }
        }
        let campaign = self.clusters[cluster as usize].campaign;
        let mut events = Vec::new();
        for (at, part) in parts.into_iter().enumerate() {
            if at == main {
                self.clusters[cluster as usize].members = part;
                continue;
            }
            events.extend(self.part_from(campaign, part, now));
        }
        self.weigh(cluster);
        if let Some((id, _)) = campaign {
            events.extend(self.dissolve(id, cluster));
        }
        events
    }

    /// A part that no longer holds to its campaign: one of its own, or none.
    fn part_from(&mut self, campaign: Option<(CampaignId, State)>, part: Vec<u32>, now: i64) -> Vec<Event> {
        let new = self.new_cluster(part, now);
        self.weigh(new);
        let members = self.ids(new);
        match campaign {
            Some((id, state)) if self.is_enough(new) => {
                let taken = |id: CampaignId| self.campaigns.contains_key(&id) || self.retired.contains(&id);
                let Some(into) = founded(members.iter().copied(), taken) else { return Vec::new() };
                self.clusters[new as usize].campaign = Some((into, state));
                self.campaigns.insert(into, new);
                vec![Event::Split { campaign: id, into, members }]
            }
            Some((campaign, _)) => {
                members.into_iter().map(|member| Event::Left { campaign, member }).collect()
            }
            None => Vec::new(),
        }
    }

    /// A campaign of which one project is left is none.
    fn dissolve(&mut self, id: CampaignId, cluster: u32) -> Vec<Event> {
        let pinned = |at: &u32| self.member(*at).is_some_and(|member| member.pinned);
        let stays = self.clusters[cluster as usize].members.iter().any(pinned);
        if stays || self.projects(cluster, 2).0 >= 2 {
            return Vec::new();
        }
        self.clusters[cluster as usize].campaign = None;
        self.campaigns.remove(&id);
        self.retired.insert(id);
        let members = self.ids(cluster);
        members.into_iter().map(|member| Event::Left { campaign: id, member }).collect()
    }

    /// Whether a tie in a cluster still would do alone.
    fn weigh(&mut self, cluster: u32) {
        let members = self.clusters[cluster as usize].members.clone();
        let within: BTreeSet<u32> = members.iter().copied().collect();
        let (mut strong, mut burst) = (false, false);
        for at in members {
            for (other, tie) in self.ties(at) {
                if within.contains(&other) {
                    strong |= tie.strong;
                    burst |= tie.burst;
                }
            }
            if strong {
                break;
            }
        }
        let state = &mut self.clusters[cluster as usize];
        (state.strong, state.burst) = (strong, burst);
    }

    /// What still holds together; those that an analyst has put there are one, whatever ties them.
    fn parts(&self, members: &[u32]) -> Vec<Vec<u32>> {
        let place: BTreeMap<u32, usize> =
            members.iter().enumerate().map(|(at, member)| (*member, at)).collect();
        let mut root: Vec<usize> = (0..members.len()).collect();
        fn find(root: &mut [usize], mut at: usize) -> usize {
            while root[at] != at {
                root[at] = root[root[at]];
                at = root[at];
            }
            at
        }
        let pinned: Vec<usize> = members
            .iter()
            .enumerate()
            .filter(|(_, at)| self.member(**at).is_some_and(|member| member.pinned))
            .map(|(at, _)| at)
            .collect();
        let mut pairs: Vec<(usize, usize)> = pinned.windows(2).map(|two| (two[0], two[1])).collect();
        for (at, member) in members.iter().enumerate() {
            let ties = self.ties(*member).into_iter();
            pairs.extend(ties.filter_map(|(other, _)| Some((at, *place.get(&other)?))));
        }
        for (a, b) in pairs {
            let (a, b) = (find(&mut root, a), find(&mut root, b));
            root[a.max(b)] = a.min(b);
        }
        let mut parts: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for (at, member) in members.iter().enumerate() {
            let part = find(&mut root, at);
            parts.entry(part).or_default().push(*member);
        }
        parts.into_values().collect()
    }
}
