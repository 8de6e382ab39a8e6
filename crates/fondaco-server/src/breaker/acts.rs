//! What operators do to the breaker. Each act is audited.

use fondaco_breaker::{KeyKind, Measure, Status};
use fondaco_model::{AuditAction, Block, Change, SwitchKind, Timestamp, rfc3339};
use fondaco_store::{Store, StoreError, Tx};
use fondaco_wire::breaker_v1;

use super::{ACTOR, keep, measure_of, read, switch_of};
use crate::names::Act;

/// Why an act can't be done.
#[derive(Debug, thiserror::Error)]
pub enum BreakerError {
    /// It is what the next person reads.
    #[error("this needs a reason")]
    NoReason,
    /// Only people set it.
    #[error("the breaker does not set {0}: it sets no-first-projects, no-new-users and no-fresh-uploads")]
    NoMeasure(&'static str),
    /// It would be over before it began.
    #[error("a pin can't end in the past")]
    Expired,
    /// It is not blocked.
    #[error("the {0} {1} is not blocked")]
    NotBlocked(String, String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How things are.
#[derive(Debug, Clone)]
pub struct State {
    /// Each signal, beside what was expected.
    pub signals: Vec<Status>,
    /// Each measure: its switch, until when it holds, until when it is pinned.
    pub measures: Vec<(SwitchKind, Option<Timestamp>, Option<Timestamp>)>,
    /// The keys that are blocked.
    pub blocks: Vec<Block>,
}

impl State {
    /// As the API and the command line tell it.
    pub fn shown(&self) -> breaker_v1::State {
        let signal = |one: &Status| breaker_v1::Signal {
            signal: one.signal.id(),
            last_hour: one.last[0],
            expected_last_hour: one.expected[0],
            last_day: one.last[1],
            expected_last_day: one.expected[1],
            warm: one.warm,
        };
        let measures = self.measures.iter().map(|(kind, held, pinned)| breaker_v1::Measure {
            switch: kind.id(),
            held_until: held.map(rfc3339),
            pinned_until: pinned.map(rfc3339),
        });
        breaker_v1::State {
            schema: "fondaco.breaker/1",
            signals: self.signals.iter().map(signal).collect(),
            measures: measures.collect(),
            blocks: self.blocks.iter().map(breaker_v1::Block::from).collect(),
        }
    }
}

fn reasoned(act: &Act) -> Result<(), BreakerError> {
    let sound = !act.reason.trim().is_empty() && !act.reason.chars().any(char::is_control);
    if sound { Ok(()) } else { Err(BreakerError::NoReason) }
}

fn measure(kind: SwitchKind) -> Result<Measure, BreakerError> {
    measure_of(kind).ok_or(BreakerError::NoMeasure(kind.id()))
}

/// How things are at `now`.
///
/// # Errors
/// When the database fails.
pub async fn state(store: &Store, now: Timestamp) -> Result<State, StoreError> {
    let mut engine = read(store.breaker().await?.as_deref());
    let signals = engine.status(now.as_second());
    let instant = |seconds: Option<i64>| seconds.and_then(|at| Timestamp::from_second(at).ok());
    let one = |measure: Measure| {
        let (held, pinned) = (engine.held_until(measure), engine.pinned_until(measure));
        (switch_of(measure), instant(held), instant(pinned))
    };
    Ok(State { signals, measures: Measure::ALL.map(one).into(), blocks: store.blocks(now).await? })
}

/// Takes a measure back before its time, and forgets what led to it.
///
/// # Errors
/// See [`BreakerError`]; nothing has changed then.
pub async fn reset(store: &Store, kind: SwitchKind, act: &Act) -> Result<(), BreakerError> {
    reasoned(act)?;
    let mut tx = store.begin().await?;
    forget(&mut tx, measure(kind)?, act.at).await?;
    // What a person has set stays.
    if tx.switches().await?.iter().any(|switch| switch.kind == kind && switch.made_by == ACTOR) {
        crate::switches::lift_in(&mut tx, (kind, None), act).await?;
    }
    tx.audit(&act.event(AuditAction::ResetBreaker, kind.id(), "")).await?;
    Ok(tx.commit().await?)
}

/// The engine's part of it.
pub(crate) async fn forget(tx: &mut Tx, measure: Measure, at: Timestamp) -> Result<(), StoreError> {
    let mut engine = read(tx.breaker().await?.as_deref());
    engine.reset(at.as_second(), measure);
    keep(tx, &engine, at).await
}

/// Has a measure left as it is until an instant; `None` takes the pin out.
///
/// # Errors
/// See [`BreakerError`]; nothing has changed then.
pub async fn pin(
    store: &Store,
    kind: SwitchKind,
    until: Option<Timestamp>,
    act: &Act,
) -> Result<(), BreakerError> {
    reasoned(act)?;
    if until.is_some_and(|until| until <= act.at) {
        return Err(BreakerError::Expired);
    }
    let measure = measure(kind)?;
    let mut tx = store.begin().await?;
    let mut engine = read(tx.breaker().await?.as_deref());
    engine.turn(act.at.as_second());
    let words = |until: Timestamp| format!("until {}", rfc3339(until));
    let before = engine.pinned_until(measure).and_then(|end| Timestamp::from_second(end).ok()).map(words);
    engine.pin(act.at.as_second(), measure, until.map_or(0, Timestamp::as_second));
    keep(&mut tx, &engine, act.at).await?;
    let after = until.map(words);
    let detail = after.clone().unwrap_or_else(|| "no longer".to_owned());
    let change = Change { before, after };
    tx.audit_change(&act.event(AuditAction::PinBreaker, kind.id(), detail), change).await?;
    Ok(tx.commit().await?)
}

/// Takes the block of a key back.
///
/// # Errors
/// See [`BreakerError`]; nothing has changed then.
pub async fn unblock(store: &Store, (kind, key): (KeyKind, &str), act: &Act) -> Result<(), BreakerError> {
    reasoned(act)?;
    let mut tx = store.begin().await?;
    if !tx.lift_block(kind.id(), key).await? {
        return Err(BreakerError::NotBlocked(kind.id().to_owned(), key.to_owned()));
    }
    let mut engine = read(tx.breaker().await?.as_deref());
    engine.unblock(kind, key);
    keep(&mut tx, &engine, act.at).await?;
    let event = act.event(AuditAction::UnblockKey, format!("{} {key}", kind.id()), "");
    tx.audit_change(&event, Change::of(Some("blocked"), None)).await?;
    Ok(tx.commit().await?)
}
