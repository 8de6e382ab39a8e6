//! The breaker: what happens is counted in the transaction that makes it happen, so that replicas share
//! one state and nothing is counted that was not done. What the engine says is done in the same
//! transaction: a switch, a block, their audit event and notice.

mod acts;
mod failed_logins;
mod origin;

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use fondaco_breaker::{Action, Breaker, Event, EventKind, KeyKind, Keys, Measure, Settings as Engine};
use fondaco_model::{
    AuditAction, AuditEvent, Block, Change, Deed, JournalEntry, JournalKind, Notice, NoticeKind, Switch,
    SwitchKind, Timestamp, rfc3339,
};
use fondaco_store::{StoreError, Tx};

use crate::app::App;
use crate::switches::in_words;
use crate::trouble::Trouble;

pub(crate) use acts::forget;
pub use acts::{BreakerError, State, pin, reset, state, unblock};
pub(crate) use failed_logins::{login_failed, note_failed_logins};
pub(crate) use origin::Origin;

/// Who acts when the breaker does.
pub const ACTOR: &str = "breaker";

/// Whether the breaker acts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// It sets switches and blocks keys.
    #[default]
    Trip,
    /// It tells what it would do.
    Tell,
    /// It counts nothing.
    Off,
}

/// What an operator sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Whether it acts.
    pub mode: Mode,
    /// How long an account or a token is new.
    pub fresh_for: Duration,
    /// How old a project is when it is established.
    pub established_after: Duration,
    /// How often it errs, and how long it holds.
    pub engine: Engine,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mode: Mode::Trip,
            fresh_for: Duration::from_secs(14 * 86_400),
            established_after: Duration::from_secs(7 * 86_400),
            engine: Engine::default(),
        }
    }
}

impl Options {
    /// Whether what is there since `since` is younger than `age` at `now`.
    pub(crate) fn is_younger(since: Timestamp, age: Duration, now: Timestamp) -> bool {
        u64::try_from(now.duration_since(since).as_secs()).unwrap_or(0) < age.as_secs()
    }

    /// Whether somebody is new at `now`.
    pub(crate) fn is_fresh(&self, since: Timestamp, now: Timestamp) -> bool {
        Self::is_younger(since, self.fresh_for, now)
    }
}

/// The switch that a measure is.
pub fn switch_of(measure: Measure) -> SwitchKind {
    match measure {
        Measure::NoFirstProjects => SwitchKind::NoFirstProjects,
        Measure::NoRegistrations => SwitchKind::NoNewUsers,
        Measure::NoFreshUploads => SwitchKind::NoFreshUploads,
    }
}

/// The measure that a switch is; none for those that only people set.
pub fn measure_of(kind: SwitchKind) -> Option<Measure> {
    Measure::ALL.into_iter().find(|measure| switch_of(*measure) == kind)
}

/// The state as the database has it. One that can't be read is from another version: it is begun anew.
fn read(state: Option<&str>) -> Breaker {
    let Some(state) = state else { return Breaker::default() };
    serde_json::from_str(state).unwrap_or_else(|error| {
        tracing::warn!(%error, "the breaker's state can't be read; it begins anew");
        Breaker::default()
    })
}

async fn keep(tx: &mut Tx, engine: &Breaker, now: Timestamp) -> Result<(), StoreError> {
    let state = serde_json::to_string(engine)
        .map_err(|error| StoreError::Inconsistent(format!("the breaker's state: {error}")))?;
    tx.set_breaker(&state, now).await
}

/// Counts an event within the transaction that makes it, and does what follows.
pub(crate) async fn observe(app: &App, tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
    let options = &app.parts.settings.breaker;
    if options.mode == Mode::Off {
        return Ok(());
    }
    let now = app.now();
    let mut engine = read(tx.breaker().await?.as_deref());
    for action in engine.observe(event, &options.engine) {
        act(tx, options.mode, action, now).await?;
    }
    keep(tx, &engine, now).await
}

/// The same in a transaction of its own, for what changes nothing else.
pub(crate) async fn observe_alone(app: &App, event: &Event) -> Result<(), StoreError> {
    if app.parts.settings.breaker.mode == Mode::Off {
        return Ok(());
    }
    let mut tx = app.parts.store.begin().await?;
    observe(app, &mut tx, event).await?;
    tx.commit().await
}

async fn act(tx: &mut Tx, mode: Mode, action: Action, now: Timestamp) -> Result<(), StoreError> {
    let (kind, subject, text) = match &action {
        Action::Set { measure, until, why } => {
            let switch = Switch {
                kind: switch_of(*measure),
                issuer: None,
                age: None,
                reason: format!("set by the breaker: {why}"),
                made_by: ACTOR.to_owned(),
                made_at: now,
                expires_at: Some(instant(*until)?),
            };
            let done = mode == Mode::Trip && set_switch(tx, &switch).await?;
            let word = if done { "is set" } else { "would be set" };
            let text = format!("{} {word}: {why}", in_words(&switch));
            (NoticeKind::BreakerTripped, switch.kind.id().to_owned(), text)
        }
        Action::Block { kind, key, until, seen } => {
            let block = Block {
                kind: kind.id().to_owned(),
                key: key.clone(),
                reason: format!(
                    "{seen} bad uploads lately had this {} in common",
                    kind.id().replace('-', " ")
                ),
                made_by: ACTOR.to_owned(),
                made_at: now,
                expires_at: instant(*until)?,
            };
            if mode == Mode::Trip {
                tx.set_block(&block).await?;
                let change = Change::of(None, Some(&format!("until {}", rfc3339(block.expires_at))));
                tx.audit_change(&audited(AuditAction::BlockKey, &block, &block.reason, now), change).await?;
            }
            let word = if mode == Mode::Trip { "is blocked" } else { "would be blocked" };
            let until = rfc3339(block.expires_at);
            let text = format!("the {} {word} until {until}: {}", block.kind.replace('-', " "), block.reason);
            (NoticeKind::BreakerTripped, format!("{} {}", block.kind, block.key), text)
        }
        Action::Withheld { measure, why } => {
            let id = switch_of(*measure).id();
            let text = format!("{id} would be set and is pinned: {why}");
            (NoticeKind::BreakerTripped, id.to_owned(), text)
        }
        Action::Surge(why) => (NoticeKind::Surge, why.signal.id().to_owned(), why.to_string()),
    };
    tracing::warn!(subject, text, "breaker");
    tx.add_notice(&Notice::new(kind, subject, text, now)).await
}

fn audited(action: AuditAction, block: &Block, reason: &str, at: Timestamp) -> AuditEvent {
    AuditEvent {
        at,
        actor: ACTOR.to_owned(),
        action,
        subject: format!("{} {}", block.kind, block.key),
        reason: reason.to_owned(),
        detail: format!("until {}", rfc3339(block.expires_at)),
    }
}

/// Sets a switch unless a person has set it already; whether it did.
async fn set_switch(tx: &mut Tx, switch: &Switch) -> Result<bool, StoreError> {
    let set = tx.switches().await?;
    let by_person =
        |one: &Switch| one.kind == switch.kind && one.made_by != ACTOR && one.is_in_force(switch.made_at);
    if set.iter().any(by_person) {
        return Ok(false);
    }
    tx.set_switch(switch).await?;
    let detail = in_words(switch);
    tx.journal(&JournalEntry::new(switch.made_at, JournalKind::SwitchSet, &detail)).await?;
    let before = set.iter().find(|one| one.is(switch.kind, None)).map(in_words);
    let change = Change::of(before.as_deref(), Some(&detail));
    let event = AuditEvent {
        at: switch.made_at,
        actor: ACTOR.to_owned(),
        action: AuditAction::SetSwitch,
        subject: switch.kind.id().to_owned(),
        reason: switch.reason.clone(),
        detail,
    };
    tx.audit_change(&event, change).await?;
    Ok(true)
}

fn instant(seconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_second(seconds).map_err(|_| StoreError::Inconsistent(format!("instant {seconds}")))
}

/// When it is, in the engine's seconds.
pub(crate) fn seconds(now: Timestamp) -> i64 {
    now.as_second()
}

impl App {
    /// The keys that are blocked now, also by another process.
    pub(crate) async fn blocks(&self) -> Result<Arc<Vec<Block>>, Trouble> {
        let generation = self.parts.store.generation();
        let known = self.blocks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((seen_at, blocks)) = known
            && seen_at == generation
        {
            return Ok(blocks);
        }
        let fresh = Arc::new(self.parts.store.blocks(self.now()).await?);
        *self.blocks.lock().unwrap_or_else(PoisonError::into_inner) = Some((generation, fresh.clone()));
        Ok(fresh)
    }
}

/// Refuses what a switch forbids or whose keys are blocked; whoever meets a measure of the breaker is
/// counted. `deed` decides whether blocks are asked at all: established projects go on.
pub(crate) async fn permit(app: &App, deed: Deed<'_>, fresh: bool, keys: &Keys) -> Result<(), Trouble> {
    let stopped = match app.permit(deed).await {
        Err(Trouble::SwitchedOff(switch)) if switch.made_by == ACTOR => Trouble::SwitchedOff(switch),
        Err(trouble) => return Err(trouble),
        Ok(()) if !matches!(deed, Deed::FirstProject | Deed::FreshUpload | Deed::Registration) => {
            return Ok(());
        }
        Ok(()) => match blocked(app, keys).await? {
            Some(block) => Trouble::Blocked(Arc::new(block)),
            None => return Ok(()),
        },
    };
    let event = Event { at: seconds(app.now()), kind: EventKind::Prevented, fresh, keys: keys.clone() };
    observe_alone(app, &event).await?;
    Err(stopped)
}

/// A block of one of these keys.
pub(crate) async fn blocked(app: &App, keys: &Keys) -> Result<Option<Block>, Trouble> {
    let (blocks, now) = (app.blocks().await?, app.now());
    let has = |block: &&Block| keys.iter().any(|(kind, key)| kind.id() == block.kind && key == block.key);
    Ok(blocks.iter().filter(|block| block.expires_at > now).find(has).cloned())
}

/// The kind of key with this id.
pub fn key_kind(id: &str) -> Option<KeyKind> {
    KeyKind::from_id(id)
}
