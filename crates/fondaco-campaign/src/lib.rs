//! Which artifacts belong together.
//!
//! Each inspected artifact leaves keys: digests of decoded payloads, what its code talks to, the
//! shapes of the code that acts, what its metadata say. Two artifacts are tied by the keys that they
//! share, each weighed by its kind and by how many honest projects have it too, which is learned from
//! the stream. Ties that are strong enough join clusters; a cluster of enough projects with enough
//! evidence becomes a campaign.
//!
//! Pure and deterministic: the same artifacts and decisions in the same order give the same campaigns.
//! No network, no database, no clock: instants are given.
//!
//! Decisions:
//! - Weak keys (author, description, layout, target, nearness in time) never tie by themselves,
//!   however many there are: their sum is capped below what a tie needs.
//! - Artifacts that no inspection found bad are tied to bad ones only, so that forks and boilerplate
//!   are in no campaign. The exception is a burst of lookalike names with one template.
//! - A key belongs to everybody once established projects have it, or projects that have stood for a
//!   month: who wants to launder a key must plan that long. Payloads and secrets are laundered by
//!   established projects only.
//! - One artifact never merges two large campaigns; an artifact that would joins the one that it is
//!   tied to best.
//! - What an analyst has merged stays together, what they have split stays apart.
//!
//! Clusters are disjoint sets with lists of their members, the smaller joined to the larger: a set can
//! be taken apart again when a key turns out to be everybody's, which a forest can't.

mod add;
mod analyst;
mod campaign;
mod cluster;
mod engine;
mod event;
mod index;
mod key;
mod member;
mod prints;
mod recheck;
mod restore;
mod tie;

pub use analyst::Refused;
pub use campaign::{Campaign, CampaignId, InvalidCampaignId, State};
pub use engine::{Engine, Limits, Usage};
pub use event::Event;
pub use key::{Key, Kind};
pub use member::{Artifact, MemberId};
pub use prints::{InvalidPrints, MAX_KEYS, Prints};
pub use restore::{Placed, Restoring};
pub use tie::Tie;
