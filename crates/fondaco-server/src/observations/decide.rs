//! What a reviewer makes of a report, and what follows from it.

use fondaco_model::{
    AuditAction, Change, Decided, Freeze, Notice, NoticeKind, Observation, ObservationKind, Outcome, Scope,
    account_of,
};
use fondaco_store::{ObservationsWanted, Store, Tx};
use fondaco_wire::osv;

use super::{ObservationError, write_to};
use crate::freezes::{self, BY_ITSELF, More};
use crate::names::Act;

/// What is done besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measure {
    /// Nothing.
    #[default]
    Nothing,
    /// What is confirmed is put in quarantine.
    Quarantine,
    /// The same, and files of our own are deleted.
    Remove,
    /// What the index has put in quarantine by itself is freed.
    Release,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 4] = [Self::Nothing, Self::Quarantine, Self::Remove, Self::Release];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Quarantine => "quarantine",
            Self::Remove => "remove",
            Self::Release => "release",
        }
    }

    /// The measure with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.id() == id)
    }
}

/// What a reviewer decides.
#[derive(Debug, Clone, Copy)]
pub struct Decision {
    /// What the report is.
    pub outcome: Outcome,
    /// What is done.
    pub measure: Measure,
    /// Whether the accounts that uploaded it are frozen.
    pub freeze_accounts: bool,
}

/// Gives a report its outcome; the reason is what the reporter reads. What is confirmed as malware can be
/// put in quarantine or removed in the same act, gets an OSV record of our own, and confirms what others
/// have reported of the same.
///
/// # Errors
/// See [`ObservationError`]; nothing has changed then.
pub async fn decide(
    store: &Store,
    id: &str,
    decision: Decision,
    act: &Act,
) -> Result<(Observation, Option<Freeze>), ObservationError> {
    if act.reason.trim().is_empty() || act.reason.len() > 2000 {
        return Err(ObservationError::NoReason);
    }
    let not_open = || ObservationError::NotOpen(fondaco_verdict::printable(id));
    let mut observation = store.observation(id).await?.ok_or_else(not_open)?;
    let is_malware = decision.outcome == Outcome::Confirmed && observation.kind == ObservationKind::Malware;
    let freezes = matches!(decision.measure, Measure::Quarantine | Measure::Remove);
    let wrong_release = decision.measure == Measure::Release && decision.outcome == Outcome::Confirmed;
    let wrong_measure = freezes && !is_malware;
    let wrong_accounts = decision.freeze_accounts && !(freezes && is_malware);
    if wrong_measure || wrong_accounts || wrong_release {
        return Err(ObservationError::NotMalware);
    }
    let decided =
        Decided { outcome: decision.outcome, note: act.reason.clone(), by: act.by.clone(), at: act.at };
    let mut tx = store.begin().await?;
    settle(&mut tx, &observation, &decided, act).await?.then_some(()).ok_or_else(not_open)?;
    let mut freeze = None;
    if is_malware {
        let told = format!("{} has confirmed report {}: it is malware", act.by, observation.id);
        let subject = observation.scope.to_string();
        tx.add_notice(&Notice::new(NoticeKind::MalwareConfirmed, subject, told, act.at)).await?;
        let wanted =
            ObservationsWanted { project: Some(&observation.scope.project), account: None, open: true };
        for other in tx.observations(wanted).await? {
            if other.kind == ObservationKind::Malware && lies_in(&other.scope, &observation.scope) {
                settle(&mut tx, &other, &decided, act).await?;
            }
        }
    }
    if freezes {
        freeze = Some(confirm(&mut tx, &observation, decision, act).await?);
    } else if decision.measure == Measure::Release {
        for one in tx.freezes_of(&observation.scope.project).await? {
            if one.made_by == BY_ITSELF && one.lifted_at.is_none() {
                freezes::lift(&mut tx, &one, act).await?;
            }
        }
    }
    tx.commit().await?;
    observation.decision = Some(decided);
    Ok((observation, freeze))
}

async fn settle(
    tx: &mut Tx,
    observation: &Observation,
    decided: &Decided,
    act: &Act,
) -> Result<bool, ObservationError> {
    if !tx.decide_observation(&observation.id, decided).await? {
        return Ok(false);
    }
    let detail = format!("report {} by {}", observation.id, observation.observer.name);
    let change = Change { before: Some("open".into()), after: Some(decided.outcome.id().into()) };
    tx.audit_change(&act.event(AuditAction::DecideObservation, &observation.scope, detail), change).await?;
    tell(tx, observation, decided).await?;
    Ok(true)
}

/// Tells a reporter what came of it.
async fn tell(tx: &mut Tx, observation: &Observation, decided: &Decided) -> Result<(), ObservationError> {
    let outcome = match decided.outcome {
        Outcome::Confirmed => "was confirmed",
        Outcome::NotMalware => "was looked at: it is not what the report says",
        Outcome::Insufficient => "could not be decided from what it says",
    };
    let project = &observation.scope.project;
    let subject = format!("Your report about {project}");
    let note = &decided.note;
    let body = format!("Your report {} about {} {outcome}.\n\n{note}\n", observation.id, observation.scope);
    Ok(write_to(tx, &observation.observer.account, (&subject, &body), decided.at).await?)
}

fn lies_in(part: &Scope, whole: &Scope) -> bool {
    let within = |part: &Option<String>, whole: &Option<String>| whole.is_none() || part == whole;
    part.project == whole.project
        && within(&part.release, &whole.release)
        && within(&part.file_name, &whole.file_name)
}

/// Freezes what is confirmed as malware. Acts of the index itself on the same are taken over, so that one
/// appeal is enough to free everything.
async fn confirm(
    tx: &mut Tx,
    observation: &Observation,
    decision: Decision,
    act: &Act,
) -> Result<Freeze, ObservationError> {
    let scope = &observation.scope;
    for one in tx.freezes_of(&scope.project).await? {
        if one.made_by == BY_ITSELF && one.lifted_at.is_none() && lies_in(&one.scope, scope) {
            freezes::lift(tx, &one, act).await?;
        }
    }
    let mut files = tx.own_files(&scope.project).await?;
    files.retain(|file| scope.has(&file.release, &file.file_name));
    let mut accounts: Vec<String> = Vec::new();
    if decision.freeze_accounts {
        accounts = files.iter().map(|file| account_of(&file.uploaded_by).to_owned()).collect();
        accounts.sort();
        accounts.dedup();
    }
    let versions: Vec<String> = scope.release.iter().cloned().collect();
    let more = More {
        accounts,
        delete: decision.measure == Measure::Remove,
        advisory: osv::confirmed(&observation.id, scope, &versions, act.at),
    };
    Ok(freezes::freeze(tx, scope, act, more).await?)
}
