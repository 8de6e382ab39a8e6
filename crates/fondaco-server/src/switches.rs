//! Switches: set, lifted, and what they forbid now. Each act is a row, a journal entry, by which
//! running servers see it, and an audit event in one transaction.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use fondaco_model::{
    AuditAction, Change, Deed, JournalEntry, JournalKind, Notice, NoticeKind, Switch, SwitchKind, Timestamp,
    rfc3339, switch_name,
};
use fondaco_store::{Store, StoreError, Tx};

use crate::app::App;
use crate::breaker;
use crate::names::Act;
use crate::trouble::Trouble;

/// Longest reason, in bytes: it is shown on every page and in one line of a terminal.
const MAX_REASON: usize = 300;

/// Why a switch can't be set or lifted.
#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
    /// Everybody who meets it reads why.
    #[error("this needs a reason of up to {MAX_REASON} printable characters")]
    NoReason,
    /// It would be over before it began.
    #[error("a switch can't end in the past")]
    Expired,
    /// It counts by an age.
    #[error("{0} needs an age, for example 7d")]
    NoAge(&'static str),
    /// It counts by none.
    #[error("{0} takes no age")]
    NeedlessAge(&'static str),
    /// It counts for all alike.
    #[error("{0} takes no issuer")]
    NeedlessIssuer(&'static str),
    /// It would stop nobody.
    #[error("{0:?} is no issuer that this index trusts")]
    UnknownIssuer(String),
    /// It is not set.
    #[error("{0} is not set")]
    NotSet(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn reasoned(reason: &str) -> Result<(), SwitchError> {
    let sound =
        !reason.trim().is_empty() && reason.len() <= MAX_REASON && !reason.chars().any(char::is_control);
    if sound { Ok(()) } else { Err(SwitchError::NoReason) }
}

/// Sets a switch, in the place of what it was. Nothing forbids this, also not what it sets. `trusted` are
/// the issuers that the index trusts.
///
/// # Errors
/// See [`SwitchError`]; nothing has changed then.
pub async fn set(store: &Store, switch: &Switch, trusted: &[&str]) -> Result<(), SwitchError> {
    let id = switch.kind.id();
    reasoned(&switch.reason)?;
    if switch.expires_at.is_some_and(|end| end <= switch.made_at) {
        return Err(SwitchError::Expired);
    }
    match switch.age {
        None if switch.kind.needs_age() => return Err(SwitchError::NoAge(id)),
        Some(age) if switch.kind.needs_age() && age.is_zero() => return Err(SwitchError::NoAge(id)),
        Some(_) if !switch.kind.needs_age() => return Err(SwitchError::NeedlessAge(id)),
        _ => {}
    }
    match &switch.issuer {
        Some(_) if !switch.kind.takes_issuer() => return Err(SwitchError::NeedlessIssuer(id)),
        Some(issuer) if !trusted.contains(&issuer.as_str()) => {
            return Err(SwitchError::UnknownIssuer(issuer.clone()));
        }
        _ => {}
    }
    let act = Act { by: switch.made_by.clone(), reason: switch.reason.clone(), at: switch.made_at };
    let detail = in_words(switch);
    let mut tx = store.begin().await?;
    let same = |one: &&Switch| one.is(switch.kind, switch.issuer.as_deref());
    let before = tx.switches().await?.iter().find(same).map(in_words);
    tx.set_switch(switch).await?;
    tx.journal(&JournalEntry::new(act.at, JournalKind::SwitchSet, &detail)).await?;
    tx.add_notice(&told(id, &format!("{detail}, set by {}: {}", act.by, act.reason), act.at)).await?;
    let change = Change { before, after: Some(detail.clone()) };
    tx.audit_change(&act.event(AuditAction::SetSwitch, id, detail), change).await?;
    Ok(tx.commit().await?)
}

/// Lifts a switch, of those that count for one issuer that one.
///
/// # Errors
/// See [`SwitchError`]; nothing has changed then.
pub async fn lift(
    store: &Store,
    (kind, issuer): (SwitchKind, Option<&str>),
    act: &Act,
) -> Result<(), SwitchError> {
    reasoned(&act.reason)?;
    let mut tx = store.begin().await?;
    // The breaker would set it again at once.
    if let Some(measure) = breaker::measure_of(kind) {
        breaker::forget(&mut tx, measure, act.at).await?;
    }
    if !lift_in(&mut tx, (kind, issuer), act).await? {
        return Err(SwitchError::NotSet(switch_name(kind, issuer)));
    }
    Ok(tx.commit().await?)
}

/// Lifts a switch within a transaction; `false` where it is not set.
pub(crate) async fn lift_in(
    tx: &mut Tx,
    (kind, issuer): (SwitchKind, Option<&str>),
    act: &Act,
) -> Result<bool, StoreError> {
    let before = tx.switches().await?.iter().find(|one| one.is(kind, issuer)).map(in_words);
    if !tx.lift_switch(kind, issuer).await? {
        return Ok(false);
    }
    let name = switch_name(kind, issuer);
    tx.journal(&JournalEntry::new(act.at, JournalKind::SwitchLifted, &name)).await?;
    tx.add_notice(&told(kind.id(), &format!("lifted by {}: {}", act.by, act.reason), act.at)).await?;
    tx.audit_change(&act.event(AuditAction::LiftSwitch, kind.id(), ""), Change { before, after: None })
        .await?;
    Ok(true)
}

fn told(id: &str, text: &str, at: Timestamp) -> Notice {
    Notice::new(NoticeKind::SwitchChanged, id, text, at)
}

/// Writes down that an operator does what is forbidden: by which switch, or what else.
///
/// # Errors
/// When the database fails.
pub async fn break_glass(store: &Store, by: &str, what: &str, act: &Act) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    tx.audit(&act.event(AuditAction::BreakGlass, by, what)).await?;
    tx.commit().await
}

/// A switch without its reason, for a log: `no-uploads until 2026-12-01T00:00:00Z`.
pub fn in_words(switch: &Switch) -> String {
    let age = switch.age.map(|age| format!(" by {} h", age.as_secs() / 3600)).unwrap_or_default();
    let until = switch
        .expires_at
        .map_or_else(|| "until it is lifted".to_owned(), |end| format!("until {}", rfc3339(end)));
    format!("{}{age} {until}", switch.name())
}

/// The switches as the database has them.
#[derive(Debug, Clone, Default)]
pub struct Switches(Vec<Switch>);

/// The terms on which things come from upstreams now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The age that projects need; zero where none is demanded.
    pub(crate) projects: Duration,
    /// The age that files need.
    pub(crate) releases: Duration,
    /// Whether no upstream is asked.
    pub(crate) off: bool,
    /// Until when that is so, if nobody changes it.
    pub(crate) good_until: Timestamp,
}

impl Switches {
    /// The switches of a store now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(store: &Store) -> Result<Self, StoreError> {
        store.switches().await.map(Self)
    }

    /// The same in a transaction that is about to do something.
    pub(crate) async fn in_tx(tx: &mut Tx) -> Result<Self, StoreError> {
        tx.switches().await.map(Self)
    }

    /// Those that count at `now`.
    pub fn in_force(&self, now: Timestamp) -> impl Iterator<Item = &Switch> {
        self.0.iter().filter(move |switch| switch.is_in_force(now))
    }

    /// One that forbids a deed: the narrowest that does.
    pub fn forbidding(&self, deed: Deed<'_>, now: Timestamp) -> Option<&Switch> {
        let forbid = self.in_force(now).filter(|switch| switch.forbids(deed));
        forbid.min_by_key(|switch| (switch.kind, switch.issuer.is_none()))
    }

    pub(crate) fn terms(&self, now: Timestamp) -> Terms {
        let (projects, releases) = (Duration::ZERO, Duration::ZERO);
        let mut terms = Terms { projects, releases, off: false, good_until: Timestamp::MAX };
        for switch in self.in_force(now) {
            match switch.kind {
                SwitchKind::NoNewUpstreamProjects => terms.projects = switch.age.unwrap_or_default(),
                SwitchKind::NoYoungUpstreamReleases => terms.releases = switch.age.unwrap_or_default(),
                kind if kind.forbids(Deed::PullThrough) => terms.off = true,
                _ => continue,
            }
            terms.good_until = terms.good_until.min(switch.expires_at.unwrap_or(Timestamp::MAX));
        }
        terms
    }
}

impl App {
    /// The switches now, also those that another process has set.
    pub(crate) async fn switches(&self) -> Result<Arc<Switches>, Trouble> {
        let generation = self.parts.store.generation();
        let known = self.switches.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((seen_at, switches)) = known
            && seen_at == generation
        {
            return Ok(switches);
        }
        let fresh = Arc::new(Switches::of(&self.parts.store).await?);
        *self.switches.lock().unwrap_or_else(PoisonError::into_inner) = Some((generation, fresh.clone()));
        Ok(fresh)
    }

    /// The issuers of ID tokens that are trusted, as switches name them.
    pub(crate) fn trusted_issuers(&self) -> Vec<&str> {
        self.parts.issuers.iter().map(|trusted| trusted.issuer.name()).collect()
    }

    /// Refuses a deed that a switch forbids.
    pub(crate) async fn permit(&self, deed: Deed<'_>) -> Result<(), Trouble> {
        let switches = self.switches().await?;
        match switches.forbidding(deed, self.now()) {
            Some(switch) => Err(Trouble::SwitchedOff(Arc::new(switch.clone()))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_in_force_forbids() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let switch = |kind, age: Option<u64>, end: Option<i64>| Switch {
            kind,
            issuer: None,
            age: age.map(Duration::from_secs),
            reason: "r".into(),
            made_by: "operator:o".into(),
            made_at: at(0),
            expires_at: end.map(at),
        };
        let switches = Switches(vec![
            switch(SwitchKind::ReadOnly, None, None),
            switch(SwitchKind::NoUploads, None, Some(100)),
            switch(SwitchKind::NoYoungUpstreamReleases, Some(60), Some(50)),
        ]);
        let forbidding = |deed, now| switches.forbidding(deed, at(now)).map(|switch| switch.kind);
        assert_eq!(forbidding(Deed::Upload, 99), Some(SwitchKind::NoUploads));
        assert_eq!(forbidding(Deed::Upload, 100), Some(SwitchKind::ReadOnly));
        let terms = switches.terms(at(1));
        assert_eq!((terms.releases.as_secs(), terms.projects.as_secs()), (60, 0));
        assert_eq!((terms.off, terms.good_until), (true, at(50)));
        assert_eq!(switches.terms(at(50)).good_until, Timestamp::MAX);
    }
}
