//! What an analyst decides, which is kept.

use std::collections::BTreeSet;
use std::fmt;

use crate::campaign::{CampaignId, State};
use crate::cluster::{founded, pair};
use crate::engine::Engine;
use crate::event::Event;
use crate::member::MemberId;

/// Why a decision can't be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// There is no such campaign.
    Unknown(CampaignId),
    /// The artifact is in another campaign, or in none.
    NotAMember(MemberId),
    /// A campaign can't be merged with itself.
    Same,
    /// Nothing or everything would be split off.
    Nothing,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(id) => write!(f, "there is no campaign {id}"),
            Self::NotAMember(id) => write!(f, "the artifact {id} is not in that campaign"),
            Self::Same => f.write_str("a campaign can't be merged with itself"),
            Self::Nothing => f.write_str("a split needs some of the members, and not all"),
        }
    }
}

impl std::error::Error for Refused {}

impl Engine {
    fn found(&self, id: CampaignId) -> Result<u32, Refused> {
        self.campaigns.get(&id).copied().ok_or(Refused::Unknown(id))
    }

    fn pin(&mut self, cluster: u32) {
        for at in self.clusters[cluster as usize].members.clone() {
            if let Some(member) = self.members.get_mut(at as usize).and_then(Option::as_mut) {
                member.pinned = true;
            }
        }
    }

    /// Makes two campaigns one, and keeps them so.
    ///
    /// # Errors
    /// When there is no such campaign, or only one.
    pub fn merge(&mut self, campaign: CampaignId, from: CampaignId) -> Result<Event, Refused> {
        self.found(campaign)?;
        self.found(from)?;
        if campaign == from {
            return Err(Refused::Same);
        }
        self.apart.remove(&pair(campaign, from));
        let cluster = self.unite(campaign, from);
        self.pin(cluster);
        Ok(Event::Merged { campaign, from })
    }

    /// Makes some members of a campaign one of their own, and keeps them apart.
    ///
    /// # Errors
    /// When there is no such campaign, one is not its member, or none or all are named.
    pub fn split(&mut self, campaign: CampaignId, members: &[MemberId]) -> Result<Event, Refused> {
        let cluster = self.found(campaign)?;
        let mut wanted = BTreeSet::new();
        for id in members {
            let at = self.by_id.get(id).copied().filter(|at| self.cluster_of(*at) == Some(cluster));
            wanted.insert(at.ok_or(Refused::NotAMember(*id))?);
        }
        let all = self.clusters[cluster as usize].members.clone();
        let (part, rest): (Vec<u32>, Vec<u32>) = all.into_iter().partition(|at| wanted.contains(at));
        if part.is_empty() || rest.is_empty() {
            return Err(Refused::Nothing);
        }
        let taken = |id: CampaignId| self.campaigns.contains_key(&id) || self.retired.contains(&id);
        let ids = part.iter().filter_map(|at| self.member(*at)).map(|member| member.id);
        let into = founded(ids, taken).ok_or(Refused::Nothing)?;
        let old = &mut self.clusters[cluster as usize];
        old.members = rest;
        let (strong, burst, last_at) = (old.strong, old.burst, old.last_at);
        let new = self.new_cluster(part, last_at);
        let state = &mut self.clusters[new as usize];
        (state.strong, state.burst, state.campaign) = (strong, burst, Some((into, State::Open)));
        self.campaigns.insert(into, new);
        self.apart.insert(pair(campaign, into));
        self.pin(new);
        self.pin(cluster);
        Ok(Event::Split { campaign, into, members: self.ids(new) })
    }

    /// Sets how a campaign stands.
    ///
    /// # Errors
    /// When there is no such campaign.
    pub fn set_state(&mut self, campaign: CampaignId, state: State) -> Result<(), Refused> {
        let cluster = self.found(campaign)?;
        self.clusters[cluster as usize].campaign = Some((campaign, state));
        Ok(())
    }
}
