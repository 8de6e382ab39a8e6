//! Clusters every inspected artifact within the transaction that keeps its evidence, so that a new
//! member of a campaign is held before anybody can have it.

mod acts;

use std::collections::BTreeSet;

use fondaco_campaign::{Kind, Prints, State};
use fondaco_clustering as clustering;
use fondaco_model::{Evidence, FileKey, Fingerprint, Timestamp};
use fondaco_store::Tx;

use crate::app::{App, names};
use crate::trouble::Trouble;

pub use acts::{CampaignError, merge, set_state, split};

/// Others that a member is compared with to say what it shares.
const COMPARED: usize = 200;
/// What was uploaded so long ago is established, in seconds; of our own, so long after its project.
const ESTABLISHED_AFTER: i64 = 180 * 86_400;

/// An engine that has taken in what a transaction writes.
#[must_use = "it is lost unless it is kept"]
pub(crate) struct Clustered(clustering::Clustered);

impl Clustered {
    /// Nothing was clustered.
    pub(crate) fn nothing() -> Self {
        Self(clustering::Clustered::nothing())
    }

    /// The transaction is true.
    pub(crate) fn keep(self, app: &App) {
        self.0.keep(&app.campaigns);
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
    let established = is_established(app, key, uploaded_at).await?;
    let target = names().spelling(key.project.as_str()).confusable.map(|found| found.target);
    let seen = clustering::Seen { key, evidence, account, uploaded_at, established, target };
    Ok(Clustered(app.campaigns.cluster((&app.parts.store, tx), seen, app.now()).await?))
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
