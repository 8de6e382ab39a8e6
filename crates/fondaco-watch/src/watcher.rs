use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fondaco_model::{AlertKind, Clock, Queued, Timestamp};
use fondaco_upstream::UpstreamClient;
use fondaco_verdict::Verdict;
use fondaco_worker::Worker;

use crate::WatchError;
use crate::item::Item;
use crate::kept::Kept;
use crate::ledger::{Ledger, Outcome};
use crate::options::Options;
use crate::pace::backoff;
use crate::release::NotNow;
use crate::retention::thin;
use crate::source::Source;

/// Time between two cleanings.
const CLEANING: Duration = Duration::from_secs(3_600);
/// The longest that is waited within one step; what takes longer is put off.
const PATIENCE: Duration = Duration::from_secs(30);
/// Nothing is waited for longer at a time, since the clock may be set.
const NAP: Duration = Duration::from_secs(60);

/// What a watcher is put together from.
pub struct Parts {
    /// Where everything is written down.
    pub ledger: Ledger,
    /// What is followed.
    pub source: Source,
    /// Who asks the index; none for a folder.
    pub client: Option<UpstreamClient>,
    /// Who inspects.
    pub worker: Worker,
    /// Where suspicious bytes are kept.
    pub kept: Kept,
    /// A folder for files of a moment.
    pub scratch: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance, from 0 to 1.
    pub random: Box<dyn Fn() -> f64 + Send + Sync>,
}

/// Follows one feed.
pub struct Watcher {
    pub(crate) ledger: Ledger,
    pub(crate) source: Source,
    pub(crate) client: Option<UpstreamClient>,
    pub(crate) worker: Worker,
    pub(crate) kept: Kept,
    pub(crate) scratch: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Box<dyn Fn() -> f64 + Send + Sync>,
    pub(crate) options: Options,
    pub(crate) from: Option<u64>,
    /// Why the last poll failed.
    pub(crate) trouble: Option<String>,
    plan: Plan,
}

/// What is done when.
#[derive(Debug)]
struct Plan {
    poll: Instant,
    request: Instant,
    clean: Instant,
    /// Whether the last step was a poll: then what waits has its turn.
    polled: bool,
}

/// What a step was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The feed was read.
    Polled,
    /// The feed could not be read, and why.
    Failed(String),
    /// Something was inspected: what, and the worst verdict.
    Inspected(String, Verdict),
    /// Something is gone, or was given up.
    Done(String),
    /// Something is tried again later, and why.
    PutOff(String, String),
    /// There is nothing to do for so long.
    Idle(Duration),
}

impl Watcher {
    /// A watcher that begins by reading its feed. `from` is the serial after which a feed that counts is
    /// read the first time; without one it is read from now on.
    pub fn new(parts: Parts, options: Options, from: Option<u64>) -> Self {
        let Parts { ledger, source, client, worker, kept, scratch, clock, random } = parts;
        let now = Instant::now();
        let plan = Plan { poll: now, request: now, clean: now, polled: false };
        Self {
            ledger,
            source,
            client,
            worker,
            kept,
            scratch,
            clock,
            random,
            options,
            from,
            trouble: None,
            plan,
        }
    }

    /// Does the next thing. Dropped in the middle, it has done nothing.
    ///
    /// # Errors
    /// When the database or the data folder fails.
    pub async fn step(&mut self) -> Result<Step, WatchError> {
        let now = Instant::now();
        if self.plan.clean <= now {
            thin(self.ledger.store(), &self.options, self.clock.now()).await?;
            self.kept.thin()?;
            self.plan.clean = now + CLEANING;
        }
        let next = self.ledger.store().next_queued(self.ledger.feed()).await?;
        let due = next.filter(|queued| queued.due_at <= self.clock.now());
        let is_full = self.source.counts()
            && self.ledger.store().queued(self.ledger.feed()).await? >= self.options.queue;
        let polls = self.plan.poll <= now && !is_full && !(self.plan.polled && due.is_some());
        self.plan.polled = polls;
        if polls {
            let pause = self.poll().await?;
            self.plan.poll = Instant::now() + pause.max(self.asked_to_wait());
            return Ok(self.trouble.take().map_or(Step::Polled, Step::Failed));
        }
        match due {
            Some(queued) => self.advance(queued).await,
            None => self.idle().await,
        }
    }

    /// Whether nothing waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_done(&self) -> Result<bool, WatchError> {
        Ok(self.ledger.store().queued(self.ledger.feed()).await? == 0)
    }

    /// The database.
    pub fn store(&self) -> &fondaco_store::Store {
        self.ledger.store()
    }

    async fn idle(&self) -> Result<Step, WatchError> {
        let mut pause = self.plan.poll.saturating_duration_since(Instant::now());
        if let Some(next) = self.ledger.store().next_queued(self.ledger.feed()).await? {
            let left = next.due_at.as_millisecond() - self.clock.now().as_millisecond();
            pause = pause.min(Duration::from_millis(u64::try_from(left).unwrap_or(0)));
        }
        Ok(Step::Idle(pause.clamp(Duration::from_millis(10), NAP)))
    }

    /// Inspects what waits, and writes down what became of it.
    async fn advance(&mut self, queued: Queued) -> Result<Step, WatchError> {
        let Ok(item) = queued.item.parse::<Item>() else {
            self.ledger.keep(&queued.item, &Outcome::default(), self.clock.now()).await?;
            return Ok(Step::Done(queued.item));
        };
        match self.inspect(&item, queued.announced_at).await {
            Ok(outcome) => {
                let may_be_tried = queued.attempts + 1 < self.options.attempts;
                if may_be_tried && outcome.files.iter().any(|file| file.lost) {
                    return self.put_off(queued, "an inspection was lost").await;
                }
                self.ledger.keep(&queued.item, &outcome, self.clock.now()).await?;
                let verdict = outcome.verdict();
                Ok(verdict.map_or(Step::Done(queued.item.clone()), |v| Step::Inspected(queued.item, v)))
            }
            Err(NotNow::Broken(error)) => Err(error),
            Err(NotNow::Gone) => {
                let outcome = Outcome { gone: true, ..Outcome::default() };
                self.ledger.keep(&queued.item, &outcome, self.clock.now()).await?;
                Ok(Step::Done(queued.item))
            }
            Err(NotNow::Later(why)) if queued.attempts + 1 < self.options.attempts => {
                self.put_off(queued, &why).await
            }
            Err(NotNow::Later(why)) => {
                let message = format!("{} was given up: {why}", queued.item);
                let troubles = vec![(AlertKind::NotInspected, message)];
                let outcome = Outcome { troubles, ..Outcome::default() };
                self.ledger.keep(&queued.item, &outcome, self.clock.now()).await?;
                Ok(Step::Done(queued.item))
            }
        }
    }

    async fn put_off(&self, queued: Queued, why: &str) -> Result<Step, WatchError> {
        let attempts = queued.attempts + 1;
        let pause = backoff(attempts, (self.random)()).max(self.asked_to_wait());
        let due_at = self.clock.now().checked_add(pause).unwrap_or(Timestamp::MAX);
        let later = Queued { attempts, due_at, ..queued };
        let mut tx = self.ledger.store().begin().await?;
        tx.put_off(self.ledger.feed(), &later).await?;
        tx.commit().await?;
        Ok(Step::PutOff(later.item, why.to_owned()))
    }

    fn asked_to_wait(&self) -> Duration {
        self.client.as_ref().and_then(UpstreamClient::asks_to_wait).unwrap_or_default()
    }

    /// Waits for the turn of one request.
    pub(crate) async fn turn(&mut self, client: &UpstreamClient) -> Result<(), NotNow> {
        let asked = client.asks_to_wait().unwrap_or_default();
        if asked > PATIENCE {
            return Err(NotNow::Later(format!("{} asks to be left alone for {asked:?}", client.shown())));
        }
        let pause = self.plan.request.saturating_duration_since(Instant::now()).max(asked);
        tokio::time::sleep(pause).await;
        self.plan.request = Instant::now() + self.options.gap;
        Ok(())
    }
}
