//! Clusters every inspected artifact within the transaction that keeps its evidence, so that a new
//! member of a campaign is held before anybody can have it.
//!
//! The engine is kept in memory and made from the database when it is first needed, and again when
//! another process (an analyst's command line) has changed campaigns: the epoch tells. While a
//! transaction is on its way the engine belongs to it; it comes back when that is true, and is made
//! anew when it isn't.

mod acts;
mod record;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use fondaco_campaign::{Artifact, Engine, Kind, Limits, MemberId, Placed, Prints, State};
use fondaco_model::{Evidence, FileKey, Fingerprint, Timestamp};
use fondaco_pydist::Sha256;
use fondaco_store::{Store, StoreError, Tx};
use fondaco_wire::report_v1::Report;

use crate::app::{App, names};
use crate::trouble::Trouble;

pub use acts::{CampaignError, merge, set_state, split};

/// Artifacts that are remembered besides the members of campaigns.
const REMEMBERED: usize = 200_000;
/// After so many changes the database forgets what is past that.
const PRUNED_AFTER: u64 = 1_000;
/// Others that a member is compared with to say what it shares.
const COMPARED: usize = 200;
/// What was uploaded so long ago is established, in seconds; of our own, so long after its project.
const ESTABLISHED_AFTER: i64 = 180 * 86_400;

/// An engine, and the epoch at which it was current.
struct Current {
    engine: Engine,
    epoch: u64,
}

/// The engine between transactions.
#[derive(Default)]
pub(crate) struct Campaigns(Mutex<Option<Current>>);

/// An engine that has taken in what a transaction writes.
#[must_use = "it is lost unless it is kept"]
pub(crate) struct Clustered(Option<Current>);

impl Clustered {
    /// Nothing was clustered.
    pub(crate) fn nothing() -> Self {
        Self(None)
    }

    /// The transaction is true.
    pub(crate) fn keep(self, app: &App) {
        if self.0.is_some() {
            *app.campaigns.0.lock().unwrap_or_else(PoisonError::into_inner) = self.0;
        }
    }
}

/// An artifact that was inspected.
pub(crate) struct Seen<'a> {
    pub(crate) key: &'a FileKey,
    pub(crate) evidence: &'a Evidence,
    /// Who uploaded it, where that is known.
    pub(crate) account: Option<&'a str>,
    pub(crate) uploaded_at: Timestamp,
}

/// Clusters an artifact, and writes down what became of campaigns.
pub(crate) async fn cluster(app: &App, tx: &mut Tx, seen: Seen<'_>) -> Result<Clustered, Trouble> {
    let Seen { key, evidence, account, uploaded_at } = seen;
    // Of a lost inspection nothing is known, and reports of older engines have no fingerprints.
    let report = serde_json::from_str::<Report>(&evidence.report).ok().filter(|_| !evidence.lost);
    let prints = report.as_ref().and_then(|report| prints(evidence.sha256, report));
    let Some(prints) = prints else { return Ok(Clustered::nothing()) };
    let one = Fingerprint {
        member: MemberId::of(evidence.sha256, key.project.as_str()),
        sha256: evidence.sha256,
        project: key.project.clone(),
        file_name: key.file_name.clone(),
        account: account.map(str::to_owned),
        uploaded_at,
        verdict: evidence.verdict,
        established: is_established(app, key, uploaded_at).await?,
        target: names().spelling(key.project.as_str()).confusable.map(|found| found.target),
        prints: prints.to_string(),
        campaign: None,
        pinned: false,
    };
    let mut current = current(app, tx).await?;
    tx.add_fingerprint(&one).await?;
    let events = current.engine.add(&artifact(&one, prints));
    record::write(tx, &current.engine, &events, app.now()).await?;
    tx.count_campaigns_epoch().await?;
    current.epoch += 1;
    if current.epoch.is_multiple_of(PRUNED_AFTER) {
        tx.prune_fingerprints(REMEMBERED as u64).await?;
    }
    for event in &events {
        tracing::warn!(campaign = %event.campaign(), project = %key.project, ?event, "campaign");
    }
    Ok(Clustered(Some(current)))
}

/// The engine as the database has it.
async fn current(app: &App, tx: &mut Tx) -> Result<Current, Trouble> {
    let epoch = tx.campaigns_epoch().await?;
    let kept = app.campaigns.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    match kept.filter(|kept| kept.epoch == epoch) {
        Some(kept) => Ok(kept),
        None => Ok(Current { engine: load(&app.parts.store).await?, epoch }),
    }
}

/// Whether people have relied on the project for long: it is known, or the file is old, or the project
/// is an old one of our own.
async fn is_established(app: &App, key: &FileKey, uploaded_at: Timestamp) -> Result<bool, Trouble> {
    let since = if key.upstream.is_own() {
        app.parts.store.own_project(&key.project).await?.map(|own| own.made_at)
    } else {
        Some(uploaded_at)
    };
    let is_old = since.is_some_and(|since| app.now().as_second() - since.as_second() >= ESTABLISHED_AFTER);
    Ok(is_old || names().rank(key.project.as_str()).is_some())
}

/// What a report says that an artifact may share with others.
fn prints(sha256: Sha256, report: &Report) -> Option<Prints> {
    let fingerprints = report.fingerprints.as_ref()?.record()?;
    let payload = |layer: &fondaco_wire::report_v1::Layer| Some((layer.sha256.parse().ok()?, layer.size));
    Some(Prints::new(sha256, &fingerprints, report.layers.iter().filter_map(payload)))
}

fn artifact(one: &Fingerprint, prints: Prints) -> Artifact {
    Artifact {
        sha256: one.sha256,
        project: one.project.to_string(),
        account: one.account.clone(),
        at: one.uploaded_at.as_second(),
        verdict: one.verdict,
        established: one.established,
        target: one.target.clone(),
        prints,
    }
}

/// An engine as the database has it.
///
/// # Errors
/// When the database fails or holds what can't be read.
pub async fn load(store: &Store) -> Result<Engine, StoreError> {
    let all = store.all_campaigns().await?;
    let mut placed = Vec::new();
    for one in store.fingerprints().await? {
        let prints = one
            .prints
            .parse::<Prints>()
            .map_err(|error| StoreError::Inconsistent(format!("{}: {error}", one.member)))?;
        let (campaign, pinned) = (one.campaign, one.pinned);
        placed.push(Placed { artifact: artifact(&one, prints), campaign, pinned });
    }
    let states: Vec<_> = all.iter().map(|campaign| (campaign.id, campaign.state)).collect();
    let retired = all.iter().filter(|campaign| campaign.merged_into.is_some()).map(|campaign| campaign.id);
    let apart = store.campaigns_apart().await?;
    let limits = Limits { members: REMEMBERED, ..Limits::default() };
    Ok(Engine::restore(limits, placed, &states, retired, apart))
}

/// How a campaign stands, as people say it.
pub fn state_in_words(state: State) -> &'static str {
    match state {
        State::Open => "open: new members are held",
        State::Closed => "closed: a new member opens it again",
        State::Dismissed => "dismissed: it is none, and nothing follows from it",
    }
}

/// The kinds of what a member shares with others of its campaign, strongest first. Weak ones are
/// named as well: they say what the others are worth.
pub fn ties(one: &Fingerprint, all: &[Fingerprint]) -> Vec<&'static str> {
    let Ok(own) = one.prints.parse::<Prints>() else { return Vec::new() };
    let mut found = BTreeSet::new();
    for other in all.iter().filter(|other| other.project != one.project).take(COMPARED) {
        let Ok(theirs) = other.prints.parse::<Prints>() else { continue };
        let shared = own.keys().iter().filter(|key| theirs.keys().binary_search(key).is_ok());
        found.extend(shared.map(|key| key.kind));
        if own.resembles(&theirs) {
            found.insert(Kind::Shape);
        }
    }
    found.into_iter().map(Kind::id).collect()
}
