//! What every handler and job works with.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use fondaco_blobs::Blobs;
use fondaco_clustering::Clusterer;
use fondaco_factors::FactorPolicy;
use fondaco_mail::Post;
use fondaco_model::{
    Ban, Block, Brake, Clock, Cooldown, DeletionPolicy, Download, EmailAddress, FileKey, Pepper, Reading,
    Timestamp, Token,
};
use fondaco_names::{Engine, Own, Popular};
use fondaco_provenance::Trust;
use fondaco_pydist::{ProjectName, Sha256};
use fondaco_store::Store;
use fondaco_upload::Options;
use fondaco_verdict::Policy;
use fondaco_worker::{Compared, Worker};
use quick_cache::sync::Cache;
use tokio::sync::{Notify, Semaphore, mpsc};

use crate::accounts;
use crate::breaker;
use crate::catalog::Catalog;
use crate::client_address::Proxies;
use crate::disclosure::DisclosureKeys;
use crate::feeds::{Feed, FeedState};
use crate::flights::Flights;
use crate::gate::{Arrival, Lie};
use crate::issued::Lives;
use crate::layers::{Layers, Source};
use crate::limits::{Limiter, Limits};
use crate::lookalikes::Lookalikes;
use crate::measures::Measures;
use crate::notices::Webhook;
use crate::observations::Reports;
use crate::own_names::OwnNames;
use crate::pages::CurrentPage;
use crate::publishing::TrustedIssuer;
use crate::removals;
use crate::representation::{Form, Representation};
use crate::suppressions::Expiring;
use crate::switches::Switches;
use crate::syslog::Syslog;
use crate::trouble::Trouble;
use crate::view::View;
use crate::whole_root::WholeRoot;

/// Files of projects whose views are kept in memory; a view takes about 2 KiB a file.
const VIEW_BUDGET: u64 = 60_000;
/// Files that arrive from upstream at a time.
const ARRIVALS: usize = 16;
/// Downloads that wait to be noted; beyond that requests wait.
const NOTED: usize = 4096;
/// Uploads that are on their way at a time; more wait before their body is read.
const RECEIVED: usize = 64;

/// The engine for names, made when it is first needed.
pub(crate) fn names() -> &'static Engine {
    static NAMES: LazyLock<Engine> = LazyLock::new(|| Engine::new(&Popular::embedded(), Own::default()));
    &NAMES
}

/// What an operator sets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What becomes of verdicts.
    pub policy: Policy,
    /// How old files have to be.
    pub cooldown: Cooldown,
    /// The address at which clients reach this index, without a slash at its end; where absent,
    /// the one that each client used.
    pub public_url: Option<String>,
    /// How long an upstream page counts as current.
    pub page_ttl: Duration,
    /// Largest file that is pulled through, in bytes.
    pub max_file: u64,
    /// How long a request waits for an undecided file before it is told to come again.
    pub patience: Duration,
    /// Findings that are ruled out for a time.
    pub suppressions: Vec<Expiring>,
    /// What uploads may be.
    pub uploads: Options,
    /// Who may read what.
    pub reading: Reading,
    /// What becomes of new projects whose names can be mistaken for others.
    pub lookalikes: Lookalikes,
    /// Whom ID tokens have to be for, where it is not the index's address.
    pub audience: Option<String>,
    /// How long tokens of people count.
    pub lives: Lives,
    /// Who may have an account, and how.
    pub accounts: accounts::Options,
    /// What becomes of reports.
    pub reports: Reports,
    /// When a wave is on.
    pub breaker: breaker::Options,
    /// How much one client may ask for.
    pub limits: Limits,
    /// The proxies that stand before the index.
    pub proxies: Proxies,
    /// Where operators are told by mail what happens.
    pub operators: Vec<EmailAddress>,
    /// Which second factors are demanded.
    pub factors: FactorPolicy,
    /// How long what a server has taken on counts as its own after its last word.
    pub lease: Duration,
    /// How many files a newer engine may turn worse by itself.
    pub brake: Brake,
    /// How long single downloads are kept before they become counts by day; for ever where absent.
    pub downloads_kept: Option<Duration>,
    /// How long owners may delete what they have uploaded.
    pub deletion: DeletionPolicy,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            cooldown: Cooldown::default(),
            public_url: None,
            page_ttl: Duration::from_secs(60),
            max_file: 4 << 30,
            patience: Duration::from_secs(10),
            suppressions: Vec::new(),
            uploads: Options::default(),
            reading: Reading::default(),
            lookalikes: Lookalikes::default(),
            audience: None,
            lives: Lives::default(),
            accounts: accounts::Options::default(),
            reports: Reports::default(),
            breaker: breaker::Options::default(),
            limits: Limits::default(),
            proxies: Proxies::default(),
            operators: Vec::new(),
            factors: FactorPolicy::default(),
            lease: Duration::from_secs(60),
            brake: Brake::default(),
            downloads_kept: None,
            deletion: DeletionPolicy::default(),
        }
    }
}

/// What the server is put together from.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The files.
    pub blobs: Blobs,
    /// The `.metadata` that were passed on: apart, because what is asked for there was never
    /// inspected and must never be a file.
    pub metadata: Blobs,
    /// The upstreams that are pulled through, and for which names.
    pub layers: Layers,
    /// What inspects.
    pub worker: Worker,
    /// Feeds of known malware and vulnerabilities that are imported at intervals.
    pub feeds: Vec<Feed>,
    /// Where operators are told what happens.
    pub webhooks: Vec<Webhook>,
    /// The issuers whose ID tokens are believed.
    pub issuers: Vec<TrustedIssuer>,
    /// By whom it is believed that a token was found in public.
    pub disclosure: Option<DisclosureKeys>,
    /// A folder for files of a moment.
    pub scratch: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// This instance's id.
    pub instance: String,
    /// What the operator has set.
    pub settings: Settings,
    /// The sandbox that workers run in, for `/readyz`.
    pub sandbox: String,
    /// By whom attestations are believed.
    pub trust: Trust,
    /// Where mails go.
    pub post: Post,
    /// Where audit events are sent.
    pub syslog: Option<Syslog>,
    /// The single sign-on, where there is one.
    pub sso: Option<crate::accounts::Sso>,
    /// Random bits that nobody else knows, of this process.
    pub secret: [u8; 32],
    /// What goes into every hash of a password.
    pub pepper: Option<Pepper>,
}

/// The server's state; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// See [`Parts`] for what is not said here.
pub struct Inner {
    pub(crate) parts: Parts,
    /// The engine's fingerprint where nothing is ruled out.
    pub(crate) engine: String,
    /// This process among those that serve from one database.
    pub(crate) server: String,
    pub(crate) pages: Cache<ProjectName, Arc<CurrentPage>, ByFiles>,
    /// Whether a project is our own, each with the store's generation at which that was seen.
    pub(crate) own: Cache<ProjectName, (u64, bool)>,
    pub(crate) page_flights: Flights<ProjectName, Result<Arc<CurrentPage>, Trouble>>,
    pub(crate) views: Cache<ProjectName, Arc<View>, ByFiles>,
    /// Where files are, by content and name.
    pub(crate) located: Cache<(Sha256, String), FileKey>,
    pub(crate) arrivals: Flights<FileKey, Result<(), Trouble>>,
    pub(crate) progress: Mutex<HashMap<FileKey, Arc<Arrival>>>,
    /// Files of which upstream lately sent other bytes than it lists.
    pub(crate) lies: Cache<FileKey, Lie>,
    pub(crate) arriving: Arc<Semaphore>,
    /// Tokens that are known, each with the store's generation at which that was seen.
    pub(crate) tokens: Cache<Sha256, (u64, Token)>,
    /// Whether an account is frozen, each with the store's generation at which that was seen.
    pub(crate) frozen: Cache<String, (u64, bool)>,
    /// The switches, with the store's generation at which they were read.
    pub(crate) switches: Mutex<Option<(u64, Arc<Switches>)>>,
    /// The bans and the blocked keys, with the store's generation at which they were read.
    pub(crate) bans: Mutex<Option<(u64, Arc<Vec<Ban>>)>>,
    pub(crate) blocks: Mutex<Option<(u64, Arc<Vec<Block>>)>>,
    pub(crate) limiter: Limiter,
    /// Logins that failed and were not told to the breaker yet.
    pub(crate) failed_logins: AtomicU32,
    /// When each token's last use was noted.
    pub(crate) tokens_noted: Mutex<HashMap<String, Timestamp>>,
    pub(crate) receiving: Arc<Semaphore>,
    pub(crate) inspecting: Arc<Semaphore>,
    pub(crate) campaigns: Clusterer,
    /// Blobs whose digest was checked in full by this process.
    pub(crate) verified: Cache<Sha256, ()>,
    pub(crate) job_queued: Notify,
    pub(crate) mail_queued: Notify,
    pub(crate) hashing: accounts::Hashing,
    /// The address of the index in links that are sent by mail, without a slash at its end: never one
    /// that a request names.
    pub(crate) own_url: String,
    /// Somebody has approved what a newer engine found.
    pub(crate) reinspection_approved: Notify,
    /// Requests, counted and timed.
    pub(crate) measures: Measures,
    /// What is served no more.
    pub(crate) removals: removals::Kept,
    /// Which projects are listed.
    pub(crate) catalog: Catalog,
    /// What new names are compared with.
    pub(crate) own_names: OwnNames,
    /// The root of the Simple API for those who may read everything, as it was rendered last.
    pub(crate) roots: Mutex<HashMap<Form, (u64, Arc<Representation>)>>,
    /// What the upstreams have, while somebody asks for all of it.
    pub(crate) whole_root: WholeRoot,
    /// How each feed is, by name.
    pub(crate) feeds: Mutex<BTreeMap<String, FeedState>>,
    pub(crate) downloads: mpsc::Sender<Download>,
}

/// Weighs a page or a view by its files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByFiles;

impl quick_cache::Weighter<ProjectName, Arc<CurrentPage>> for ByFiles {
    fn weight(&self, _: &ProjectName, page: &Arc<CurrentPage>) -> u64 {
        page.files().len() as u64 + 10
    }
}

impl quick_cache::Weighter<ProjectName, Arc<View>> for ByFiles {
    fn weight(&self, _: &ProjectName, view: &Arc<View>) -> u64 {
        view.files.len() as u64 + 10
    }
}

impl App {
    /// Puts the state together; the receiver is for the job that notes downloads.
    pub(crate) fn new(
        parts: Parts,
        feeds: impl Iterator<Item = String>,
        listens_on: Option<SocketAddr>,
    ) -> (Self, mpsc::Receiver<Download>) {
        let (downloads, noted) = mpsc::channel(NOTED);
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let feeds = feeds.map(|name| (name, FeedState::default())).collect();
        let inner = Inner {
            own_url: own_url(&parts.settings, listens_on),
            hashing: accounts::Hashing::new(parts.pepper.clone()),
            bans: Mutex::default(),
            blocks: Mutex::default(),
            limiter: Limiter::new(parts.settings.limits.clone()),
            failed_logins: AtomicU32::new(0),
            engine: parts.worker.engine(&[], Compared::default()),
            server: Sha256::of(&[b"server".as_slice(), &parts.secret].concat()).to_string()[..16].to_owned(),
            parts,
            pages: Cache::with_weighter(2_000, VIEW_BUDGET, ByFiles),
            own: Cache::new(20_000),
            page_flights: Flights::default(),
            views: Cache::with_weighter(2_000, VIEW_BUDGET, ByFiles),
            located: Cache::new(50_000),
            arrivals: Flights::default(),
            progress: Mutex::default(),
            lies: Cache::new(1_000),
            arriving: Arc::new(Semaphore::new(ARRIVALS)),
            tokens: Cache::new(10_000),
            frozen: Cache::new(10_000),
            switches: Mutex::default(),
            tokens_noted: Mutex::default(),
            receiving: Arc::new(Semaphore::new(RECEIVED)),
            inspecting: Arc::new(Semaphore::new(processors)),
            campaigns: Clusterer::default(),
            verified: Cache::new(10_000),
            job_queued: Notify::new(),
            mail_queued: Notify::new(),
            reinspection_approved: Notify::new(),
            measures: Measures::default(),
            removals: removals::Kept::default(),
            catalog: Catalog::default(),
            own_names: OwnNames::default(),
            roots: Mutex::default(),
            whole_root: WholeRoot::default(),
            feeds: Mutex::new(feeds),
            downloads,
        };
        (Self(Arc::new(inner)), noted)
    }

    pub(crate) fn now(&self) -> fondaco_model::Timestamp {
        self.parts.clock.now()
    }

    /// Notes how a feed is.
    pub(crate) fn feed_is(&self, name: &str, change: impl FnOnce(&mut FeedState)) {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        change(feeds.entry(name.to_owned()).or_default());
    }

    /// How each feed is, by name.
    pub(crate) fn feed_states(&self) -> BTreeMap<String, FeedState> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The upstream that a project is pulled from; none for a name that is asked of nobody.
    pub(crate) fn source(&self, project: &ProjectName) -> Option<&Source> {
        self.parts.layers.source(project)
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// The index's address for people: as configured, else that of this machine.
fn own_url(settings: &Settings, listens_on: Option<SocketAddr>) -> String {
    match (&settings.public_url, listens_on) {
        (Some(url), _) => url.clone(),
        (None, Some(address)) if address.ip().is_unspecified() => {
            format!("http://localhost:{}", address.port())
        }
        (None, Some(address)) => format!("http://{address}"),
        (None, None) => "http://localhost".to_owned(),
    }
}
