//! Trusted publishers: added and removed, and whether a project takes uploads of nobody else.

use std::collections::BTreeMap;
use std::time::Duration;

use fondaco_model::{
    AuditAction, AuditEvent, Change, InvalidPublisher, Publisher, PublisherKind, Timestamp, UserId,
};
use fondaco_pydist::ProjectName;
use fondaco_store::{Store, StoreError};

use crate::tokens::random;

/// How long a publisher waits for the first upload of its project.
const PENDING: Duration = Duration::from_secs(30 * 24 * 3600);
/// Publishers of one project, and pending ones of one person.
const MOST: usize = 30;

/// Why a publisher can't be added or removed.
#[derive(Debug, thiserror::Error)]
pub enum PublisherError {
    /// It says too little, or what means nothing.
    #[error(transparent)]
    Invalid(#[from] InvalidPublisher),
    /// It is there already.
    #[error("{0} has this publisher already")]
    Exists(ProjectName),
    /// There are enough.
    #[error("there are {MOST} publishers already; remove some")]
    TooMany,
    /// There is none.
    #[error("there is no such publisher")]
    Unknown,
    /// The project is none of our own.
    #[error("there is no project {0} of our own")]
    NoProject(ProjectName),
    /// It is so already.
    #[error("it is so already")]
    Already,
    /// Somebody has to hold what its first upload makes.
    #[error("{0} is not there yet: a person has to add its publisher, and becomes its owner")]
    NoOwner(ProjectName),
    /// The system gives no random bits.
    #[error("no randomness: {0}")]
    Randomness(getrandom::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a publisher is told by.
#[derive(Debug, Clone)]
pub struct Named<'a> {
    /// The project.
    pub project: ProjectName,
    /// Who vouches.
    pub issuer: &'a str,
    /// What kind of issuer that is.
    pub kind: PublisherKind,
    /// The claims.
    pub claims: BTreeMap<String, String>,
    /// Those that the operator asks for.
    pub required: &'a [String],
}

/// Who acts, and when.
#[derive(Debug, Clone)]
pub struct Act {
    /// Who, for the audit log.
    pub by: String,
    /// The person, where it is one.
    pub user: Option<UserId>,
    /// When.
    pub at: Timestamp,
}

impl Act {
    fn event(&self, action: AuditAction, project: &ProjectName, detail: String) -> AuditEvent {
        AuditEvent {
            at: self.at,
            actor: self.by.clone(),
            action,
            subject: project.to_string(),
            reason: String::new(),
            detail,
        }
    }
}

/// Adds a publisher to a project; a pending one where the project is not there yet, which reserves no
/// name: whoever makes the project first has it.
///
/// # Errors
/// See [`PublisherError`]; nothing has changed then.
pub async fn add(store: &Store, named: Named<'_>, act: &Act) -> Result<Publisher, PublisherError> {
    let Named { project, issuer, kind, claims, required } = named;
    Publisher::check(kind, &claims, required)?;
    let pending = store.own_project(&project).await?.is_none();
    if pending && act.user.is_none() {
        return Err(PublisherError::NoOwner(project));
    }
    let all = store.publishers((!pending).then_some(&project)).await?;
    let counted = |one: &&Publisher| !pending || one.pending && one.owner == act.user;
    if all.iter().filter(counted).count() >= MOST {
        return Err(PublisherError::TooMany);
    }
    let publisher = Publisher {
        id: random::<6>().map_err(PublisherError::Randomness)?,
        project,
        issuer: issuer.to_owned(),
        kind,
        claims,
        pinned: BTreeMap::new(),
        made_by: act.by.clone(),
        made_at: act.at,
        pending,
        owner: act.user.clone().filter(|_| pending),
        expires_at: pending.then(|| act.at.saturating_add(PENDING).unwrap_or(Timestamp::MAX)),
        last_used_at: None,
    };
    let mut tx = store.begin().await?;
    if !tx.add_publisher(&publisher).await? {
        return Err(PublisherError::Exists(publisher.project));
    }
    let detail = format!("{} {}", publisher.id, publisher.shown());
    let change = Change::of(None, Some(&publisher.shown()));
    tx.audit_change(&act.event(AuditAction::AddPublisher, &publisher.project, detail), change).await?;
    tx.commit().await?;
    Ok(publisher)
}

/// Removes a publisher; tokens that it has got count no more.
///
/// # Errors
/// See [`PublisherError`]; nothing has changed then.
pub async fn remove(store: &Store, id: &str, act: &Act) -> Result<(), PublisherError> {
    let mut tx = store.begin().await?;
    let publisher = tx.publisher(id).await?.ok_or(PublisherError::Unknown)?;
    tx.remove_publisher(id).await?;
    let detail = format!("{id} {}", publisher.shown());
    let change = Change::of(Some(&publisher.shown()), None);
    tx.audit_change(&act.event(AuditAction::RemovePublisher, &publisher.project, detail), change).await?;
    Ok(tx.commit().await?)
}

/// Sets whether a project takes uploads of trusted publishers alone.
///
/// # Errors
/// See [`PublisherError`]; nothing has changed then.
pub async fn set_only_trusted(
    store: &Store,
    project: &ProjectName,
    only: bool,
    act: &Act,
) -> Result<(), PublisherError> {
    if store.own_project(project).await?.is_none() {
        return Err(PublisherError::NoProject(project.clone()));
    }
    let mut tx = store.begin().await?;
    if !tx.set_only_trusted(project, only, (&act.by, act.at)).await? {
        return Err(PublisherError::Already);
    }
    let takes = |only: bool| if only { "trusted publishers alone" } else { "tokens as well" };
    let change = Change::of(Some(takes(!only)), Some(takes(only)));
    tx.audit_change(&act.event(AuditAction::SetPublishing, project, takes(only).to_owned()), change).await?;
    Ok(tx.commit().await?)
}
