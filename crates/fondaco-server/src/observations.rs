//! Reports about projects: taken, weighed against each other, decided. Each act is its rows, their
//! journal entries and audit events in one transaction.

mod decide;
mod fetched;
mod outcome_mail;
mod suspect;

use std::time::Duration;

use fondaco_model::{
    AuditAction, Change, Conclusion, Corroboration, Freeze, Notice, NoticeKind, Observation, ObservationKind,
    Observer, Scope, StaffRole, Timestamp, TrackRecord, UserState, Witness,
};
use fondaco_store::{ObservationsWanted, Store, StoreError, TrustedObserver, Tx};

use crate::app::App;
use crate::freezes::{self, FreezeError, More};
use crate::names::Act;
use crate::tokens::random;
use crate::trouble::Trouble;

pub use decide::{Decision, Measure, decide};
pub use fetched::{fetched_by, served_earlier};
pub(crate) use outcome_mail::write_to;
pub(crate) use suspect::suspect;

/// Bytes of what somebody says.
const SUMMARY: std::ops::RangeInclusive<usize> = 10..=2000;
/// Longest address of evidence, in bytes.
const EVIDENCE: usize = 2000;
/// Decided reports after which those of a bad record may make one a day,
const BAD_AFTER: u64 = 5;
/// and the percentage of right ones below which a record is bad.
const BAD_BELOW: u64 = 20;
const DAY: Duration = Duration::from_secs(86_400);

/// What operators set for reports: `[reports]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reports {
    /// When reports suffice without a person.
    pub corroboration: Corroboration,
    /// Projects that only persons close.
    pub critical: Vec<fondaco_pydist::ProjectName>,
    /// Reports of one person within 24 hours, and as many appeals.
    pub per_day: u64,
    /// Open reports of one person, and as many open appeals.
    pub open: u64,
    /// Open reports of one person about one project.
    pub per_project: usize,
}

impl Default for Reports {
    fn default() -> Self {
        Self {
            corroboration: Corroboration::default(),
            critical: Vec::new(),
            per_day: 20,
            open: 50,
            per_project: 3,
        }
    }
}

/// Why a report can't be taken or decided.
#[derive(Debug, thiserror::Error)]
pub enum ObservationError {
    /// Nobody could do anything with it.
    #[error("a summary of {} to {} bytes is needed", SUMMARY.start(), SUMMARY.end())]
    NoSummary,
    /// Malware needs something to look at.
    #[error("a report of malware needs the address of its evidence: http or https, up to {EVIDENCE} bytes")]
    NoEvidence,
    /// Nothing of it is known here.
    #[error("nothing of {0} is known here")]
    Unknown(Scope),
    /// One at a time.
    #[error("you have reported this already, and it is not decided yet")]
    AlreadyOpen,
    /// Others are to be heard too.
    #[error("too many reports: {0}")]
    TooMany(&'static str),
    /// It is not there, or decided.
    #[error("there is no open report {0}")]
    NotOpen(String),
    /// It is read by the reporter and the next reviewer.
    #[error("this needs a reason")]
    NoReason,
    /// What was confirmed is no malware, or was not confirmed.
    #[error("only what is confirmed as malware is frozen")]
    NotMalware,
    /// The account is no trusted observer.
    #[error("{0} is no trusted observer")]
    NotTrusted(String),
    /// Freezing.
    #[error(transparent)]
    Freeze(#[from] FreezeError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What somebody reports.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) scope: Scope,
    pub(crate) kind: ObservationKind,
    pub(crate) summary: String,
    pub(crate) evidence: Option<String>,
}

impl Draft {
    fn check(&self) -> Result<(), ObservationError> {
        let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        if !SUMMARY.contains(&self.summary.trim().len()) || !self.summary.chars().all(plain) {
            return Err(ObservationError::NoSummary);
        }
        let is_address = |text: &String| {
            (text.starts_with("https://") || text.starts_with("http://"))
                && text.len() <= EVIDENCE
                && !text.chars().any(|c| c.is_control() || c.is_whitespace())
        };
        match &self.evidence {
            Some(evidence) if !is_address(evidence) => Err(ObservationError::NoEvidence),
            None if self.kind == ObservationKind::Malware => Err(ObservationError::NoEvidence),
            _ => Ok(()),
        }
    }
}

/// What came of a report.
pub(crate) struct Taken {
    pub(crate) observation: Observation,
    pub(crate) conclusion: Conclusion,
    pub(crate) freeze: Option<Freeze>,
}

/// Takes a report of somebody (trusted as staff or not), and closes the project where reports suffice for that.
pub(crate) async fn observe(
    app: &App,
    observer: (Observer, bool),
    draft: Draft,
) -> Result<Result<Taken, ObservationError>, Trouble> {
    // Before the transaction: it reads a whole project.
    let suspect = suspect(app, &draft.scope).await?;
    match take(app, observer, draft, suspect).await {
        Err(ObservationError::Store(error) | ObservationError::Freeze(FreezeError::Store(error))) => {
            Err(error.into())
        }
        outcome => Ok(outcome),
    }
}

async fn take(
    app: &App,
    (observer, is_staff): (Observer, bool),
    draft: Draft,
    suspect: fondaco_model::Suspect,
) -> Result<Taken, ObservationError> {
    draft.check()?;
    let (store, at, rules) = (&app.parts.store, app.now(), &app.parts.settings.reports);
    if !is_known(store, &draft.scope).await? {
        return Err(ObservationError::Unknown(draft.scope));
    }
    let mut tx = store.begin().await?;
    let trusted = is_staff || tx.is_trusted_observer(&observer.account).await?;
    within_bounds(&mut tx, rules, (&observer, trusted), &draft.scope, at).await?;
    let observation = Observation {
        id: random::<8>().map_err(FreezeError::Randomness)?,
        scope: draft.scope,
        kind: draft.kind,
        summary: draft.summary.trim().to_owned(),
        evidence: draft.evidence,
        observer,
        trusted,
        made_at: at,
        decision: None,
    };
    tx.add_observation(&observation).await?;
    let act = Act { by: observation.observer.name.clone(), reason: observation.summary.clone(), at };
    let detail = format!("report {}: {}", observation.id, observation.kind.id());
    tx.audit(&act.event(AuditAction::Observe, &observation.scope, detail)).await?;
    let told = format!(
        "{} reports {} as {}: report {}",
        observation.observer.name,
        observation.scope,
        observation.kind.id(),
        observation.id
    );
    tx.add_notice(&Notice::new(NoticeKind::Reported, observation.scope.to_string(), told, at)).await?;
    let (conclusion, freeze) = weigh(&mut tx, &rules.corroboration, &observation, suspect).await?;
    tx.commit().await?;
    Ok(Taken { observation, conclusion, freeze })
}

/// Whether there is such a project, release or file here.
async fn is_known(store: &Store, scope: &Scope) -> Result<bool, StoreError> {
    let mut files = store.files_of_project(&scope.project).await?;
    files.retain(|file| scope.has(&file.release, &file.key.file_name));
    Ok(!files.is_empty() || (scope.is_whole() && store.own_project(&scope.project).await?.is_some()))
}

async fn within_bounds(
    tx: &mut Tx,
    rules: &Reports,
    (observer, trusted): (&Observer, bool),
    scope: &Scope,
    at: Timestamp,
) -> Result<(), ObservationError> {
    // A second token of theirs gives nobody more.
    let (mut open, mut record) = (Vec::new(), TrackRecord::default());
    for account in tx.accounts_of_person(&observer.account).await? {
        let wanted =
            ObservationsWanted { project: Some(&scope.project), account: Some(&account), open: true };
        open.append(&mut tx.observations(wanted).await?);
        record = record.with(track_record(tx, &account, at).await?);
    }
    if open.iter().any(|one| one.scope == *scope) {
        return Err(ObservationError::AlreadyOpen);
    }
    let decided = record.confirmed + record.refuted;
    let is_bad = decided >= BAD_AFTER && record.precision().is_some_and(|percent| percent < BAD_BELOW);
    if !trusted && open.len() >= rules.per_project {
        Err(ObservationError::TooMany("several of yours about this project are open"))
    } else if !trusted && record.open >= rules.open {
        Err(ObservationError::TooMany("many of yours are open"))
    } else if record.lately >= if is_bad { 1 } else { rules.per_day } {
        Err(ObservationError::TooMany("come back tomorrow"))
    } else {
        Ok(())
    }
}

async fn track_record(tx: &mut Tx, account: &str, at: Timestamp) -> Result<TrackRecord, StoreError> {
    let since = at.checked_sub(DAY).unwrap_or(Timestamp::MIN);
    tx.track_record(account, since).await
}

/// Weighs the open reports of malware about a project, and acts where they suffice.
async fn weigh(
    tx: &mut Tx,
    rules: &Corroboration,
    new: &Observation,
    suspect: fondaco_model::Suspect,
) -> Result<(Conclusion, Option<Freeze>), ObservationError> {
    if new.kind != ObservationKind::Malware {
        return Ok((Conclusion::NotYet, None));
    }
    let wanted = ObservationsWanted { project: Some(&new.scope.project), account: None, open: true };
    let mut reports = tx.observations(wanted).await?;
    reports.retain(|one| one.kind == ObservationKind::Malware);
    let mut witnesses = Vec::with_capacity(reports.len());
    for one in &reports {
        let account = one.observer.account.clone();
        let trusted = is_trusted(tx, one).await?;
        let record = track_record(tx, &account, new.made_at).await?;
        let person = tx.person_behind(&account).await?;
        witnesses.push(Witness { account, person, trusted, record });
    }
    let conclusion = rules.conclude(&witnesses, suspect);
    let scope = in_common(&reports, &new.scope);
    let Conclusion::Quarantine(grounds) = conclusion else { return Ok((conclusion, None)) };
    let closed = tx.quarantines_of(&scope.project).await?;
    if closed.iter().any(|one| one.scope.is_whole() || one.scope == scope) {
        return Ok((conclusion, None));
    }
    let ids: Vec<&str> = reports.iter().map(|one| one.id.as_str()).collect();
    let reason = format!("{grounds} (reports {})", ids.join(", "));
    let act = Act { by: freezes::BY_ITSELF.to_owned(), reason, at: new.made_at };
    Ok((conclusion, Some(freezes::freeze(tx, &scope, &act, More::default()).await?)))
}

/// Whether whoever made a report is trusted now: marked by staff, or staff then and now.
async fn is_trusted(tx: &mut Tx, one: &Observation) -> Result<bool, StoreError> {
    let account = &one.observer.account;
    if tx.is_trusted_observer(account).await? {
        return Ok(true);
    }
    let Some(id) = account.strip_prefix("user:").and_then(|id| id.parse().ok()) else { return Ok(false) };
    let user = tx.user(&id).await?.filter(|user| user.state == UserState::Active);
    Ok(one.trusted && user.is_some_and(|user| user.is_staff(StaffRole::Observer)))
}

/// The narrowest scope that all reports are about; those of the whole project are about each part.
fn in_common(reports: &[Observation], new: &Scope) -> Scope {
    let whole = Scope { project: new.project.clone(), release: None, file_name: None };
    let mut parts = reports.iter().map(|one| &one.scope).filter(|scope| !scope.is_whole());
    let Some(first) = parts.next() else { return whole };
    let mut common = first.clone();
    for part in parts {
        if part.release != common.release {
            return whole;
        }
        if part.file_name != common.file_name {
            common.file_name = None;
        }
    }
    common
}

/// Marks an account as a trusted observer, or takes that back.
///
/// # Errors
/// See [`ObservationError`]; nothing has changed then.
pub async fn set_trust(
    store: &Store,
    account: &str,
    trusted: bool,
    act: &Act,
) -> Result<(), ObservationError> {
    if act.reason.trim().is_empty() || account.trim().is_empty() || account.len() > 200 {
        return Err(ObservationError::NoReason);
    }
    let mut tx = store.begin().await?;
    let action = if trusted {
        tx.trust_observer(&TrustedObserver {
            account: account.to_owned(),
            reason: act.reason.clone(),
            made_by: act.by.clone(),
            made_at: act.at,
        })
        .await?;
        AuditAction::TrustObserver
    } else {
        if !tx.distrust_observer(account).await? {
            return Err(ObservationError::NotTrusted(fondaco_verdict::printable(account)));
        }
        AuditAction::DistrustObserver
    };
    let word = |is: bool| is.then_some("trusted");
    tx.audit_change(&act.event(action, account, ""), Change::of(word(!trusted), word(trusted))).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(release: Option<&str>, file_name: Option<&str>) -> Observation {
        Observation {
            id: String::new(),
            scope: Scope {
                project: "x".parse().unwrap(),
                release: release.map(str::to_owned),
                file_name: file_name.map(str::to_owned),
            },
            kind: ObservationKind::Malware,
            summary: String::new(),
            evidence: None,
            observer: Observer::of_actor("token:1 a"),
            trusted: false,
            made_at: Timestamp::UNIX_EPOCH,
            decision: None,
        }
    }

    #[test]
    fn what_reports_have_in_common() {
        let common = |reports: &[Observation]| {
            let scope = in_common(reports, &reports[0].scope);
            (scope.release, scope.file_name)
        };
        let (whole, release) = (about(None, None), about(Some("1"), None));
        let (one, other) = (about(Some("1"), Some("a")), about(Some("1"), Some("b")));
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(common(&[whole.clone(), whole.clone()]), (None, None));
        assert_eq!(common(&[whole, release.clone()]), (text("1"), None));
        assert_eq!(common(&[one.clone(), one.clone()]), (text("1"), text("a")));
        assert_eq!(common(&[one.clone(), other]), (text("1"), None));
        assert_eq!(common(&[release, one]), (text("1"), None));
        assert_eq!(common(&[about(Some("1"), None), about(Some("2"), None)]), (None, None));
    }
}
