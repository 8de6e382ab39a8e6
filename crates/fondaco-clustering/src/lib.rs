//! Campaigns kept in the database. Every inspected artifact is clustered within the transaction that
//! keeps its evidence, by the index as by a watcher.
//!
//! The engine is kept in memory and made from the database when it is first needed, and again when
//! another process has changed campaigns: the epoch tells. While a transaction is on its way the engine
//! belongs to it; it comes back when that is true, and is made anew when it isn't.

pub mod record;

use std::sync::{Mutex, PoisonError};

use fondaco_campaign::{Artifact, Engine, Event, Limits, MemberId, Placed, Prints, Restoring};
use fondaco_model::{Evidence, FileKey, Fingerprint, Timestamp};
use fondaco_pydist::Sha256;
use fondaco_store::{Store, StoreError, Tx};
use fondaco_wire::report_v1::Report;

/// Artifacts that are remembered besides the members of campaigns: 1.5 KB each, with two pieces of code.
const REMEMBERED: usize = 120_000;
/// Artifacts that are read at a time.
const PAGE: u32 = 2_000;
/// After so many changes the database forgets what is past that.
const PRUNED_AFTER: u64 = 1_000;

/// An engine, and the epoch at which it was current.
struct Current {
    engine: Engine,
    epoch: u64,
}

/// The engine between transactions.
#[derive(Default)]
pub struct Clusterer(Mutex<Option<Current>>);

/// An engine that has taken in what a transaction writes.
#[must_use = "it is lost unless it is kept"]
pub struct Clustered {
    current: Option<Current>,
    events: Vec<Event>,
}

impl Clustered {
    /// Nothing was clustered.
    pub fn nothing() -> Self {
        Self { current: None, events: Vec::new() }
    }

    /// What became of campaigns.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The transaction is true.
    pub fn keep(self, clusterer: &Clusterer) {
        if self.current.is_some() {
            *clusterer.0.lock().unwrap_or_else(PoisonError::into_inner) = self.current;
        }
    }
}

/// An artifact that was inspected.
pub struct Seen<'a> {
    /// The file.
    pub key: &'a FileKey,
    /// What its inspection found.
    pub evidence: &'a Evidence,
    /// Who uploaded it, where that is known.
    pub account: Option<&'a str>,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// Whether people have relied on the project for long.
    pub established: bool,
    /// The name that the project's own can be mistaken for.
    pub target: Option<String>,
}

impl Clusterer {
    /// Clusters an artifact at `now`, and writes down what became of campaigns.
    ///
    /// # Errors
    /// When the database fails or holds what can't be read.
    pub async fn cluster(
        &self,
        database: (&Store, &mut Tx),
        seen: Seen<'_>,
        now: Timestamp,
    ) -> Result<Clustered, StoreError> {
        self.one_more(Clustered::nothing(), database, seen, now).await
    }

    /// Clusters an artifact after others of the same transaction.
    ///
    /// # Errors
    /// When the database fails or holds what can't be read.
    pub async fn one_more(
        &self,
        so_far: Clustered,
        (store, tx): (&Store, &mut Tx),
        seen: Seen<'_>,
        now: Timestamp,
    ) -> Result<Clustered, StoreError> {
        let Seen { key, evidence, account, uploaded_at, established, target } = seen;
        // Of a lost inspection nothing is known, and reports of older engines have no fingerprints.
        let report = serde_json::from_str::<Report>(&evidence.report).ok().filter(|_| !evidence.lost);
        let prints = report.as_ref().and_then(|report| prints(evidence.sha256, report));
        let Some(prints) = prints else { return Ok(so_far) };
        let one = Fingerprint {
            member: MemberId::of(evidence.sha256, key.project.as_str()),
            sha256: evidence.sha256,
            project: key.project.clone(),
            file_name: key.file_name.clone(),
            account: account.map(str::to_owned),
            uploaded_at,
            verdict: evidence.verdict,
            established,
            target,
            prints: prints.to_string(),
            campaign: None,
            pinned: false,
        };
        let Clustered { current, events: mut all } = so_far;
        let mut current = match current {
            Some(current) => current,
            None => self.current(store, tx).await?,
        };
        tx.add_fingerprint(&one).await?;
        let events = current.engine.add(&artifact(&one, prints));
        record::write(tx, &current.engine, &events, now).await?;
        tx.count_campaigns_epoch().await?;
        current.epoch += 1;
        if current.epoch.is_multiple_of(PRUNED_AFTER) {
            tx.prune_fingerprints(REMEMBERED as u64).await?;
        }
        for event in &events {
            tracing::warn!(campaign = %event.campaign(), project = %key.project, ?event, "campaign");
        }
        all.extend(events);
        Ok(Clustered { current: Some(current), events: all })
    }

    /// Makes the engine before it is needed. Whoever needs it meanwhile makes one of its own: nothing is
    /// judged without.
    ///
    /// # Errors
    /// When the database fails or holds what can't be read.
    pub async fn warm(&self, store: &Store) -> Result<(), StoreError> {
        let epoch = store.campaigns_epoch().await?;
        let engine = load(store).await?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.is_none() {
            *kept = Some(Current { engine, epoch });
        }
        Ok(())
    }

    /// The engine as the database has it.
    async fn current(&self, store: &Store, tx: &mut Tx) -> Result<Current, StoreError> {
        let epoch = tx.campaigns_epoch().await?;
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        match kept.filter(|kept| kept.epoch == epoch) {
            Some(kept) => Ok(kept),
            None => Ok(Current { engine: load(store).await?, epoch }),
        }
    }
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

/// An engine as the database has it. It is read page by page, so that no more than the engine and one
/// page are in memory.
///
/// # Errors
/// When the database fails or holds what can't be read.
pub async fn load(store: &Store) -> Result<Engine, StoreError> {
    let all = store.all_campaigns().await?;
    let states = all.iter().map(|campaign| (campaign.id, campaign.state));
    let retired = all.iter().filter(|campaign| campaign.merged_into.is_some()).map(|campaign| campaign.id);
    let apart = store.campaigns_apart().await?;
    let limits = Limits { members: REMEMBERED, ..Limits::default() };
    let (mut restoring, mut place) = (Restoring::new(limits, states, retired, apart), 0);
    loop {
        let (page, last) = store.fingerprints_after(place, PAGE).await?;
        if page.is_empty() {
            return Ok(restoring.finish());
        }
        place = last;
        for one in page {
            let prints = one
                .prints
                .parse::<Prints>()
                .map_err(|error| StoreError::Inconsistent(format!("{}: {error}", one.member)))?;
            let (campaign, pinned) = (one.campaign, one.pinned);
            restoring.place(Placed { artifact: artifact(&one, prints), campaign, pinned });
        }
    }
}
