use fondaco_model::{
    Actor, AuditAction, Change, Holders, JournalEntry, JournalKind, OrganisationAct, OrganisationName,
    OrganisationRole, ProjectAct, ProjectRole, TeamName, UserName, UserState, may, may_in,
};
use fondaco_pydist::ProjectName;
use fondaco_store::{Store, Tx};

use super::owners::owners;
use super::{By, RoleError, mails, organisations, permitted, user};
use crate::app::App;
use crate::names::Act;

/// Looks once more whether somebody may, at the holders as they are in this transaction.
async fn holders(tx: &mut Tx, by: &By, act: ProjectAct, project: &ProjectName) -> Result<Holders, RoleError> {
    permitted(tx, by.at).await?;
    let holders = tx.holders(project).await?;
    may(&by.actor, act, project, &holders)?;
    Ok(holders)
}

/// Writes into the journal that roles on a project have changed; whose is in the audit log.
pub(super) async fn journal(
    tx: &mut Tx,
    by: &By,
    project: &ProjectName,
    what: &str,
) -> Result<(), RoleError> {
    tx.journal(&JournalEntry::new(by.at, JournalKind::RolesChanged, what).of_project(project)).await?;
    Ok(())
}

fn said(role: Option<ProjectRole>) -> &'static str {
    role.map_or("none", ProjectRole::id)
}

/// Changes the role of somebody who has one, or takes it away. Others are invited, so that nobody
/// gets a project that they don't want; an admin gives the first owner to a project that has none.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn set_role(
    app: &App,
    project: &ProjectName,
    name: &UserName,
    role: Option<ProjectRole>,
    by: &By,
) -> Result<(), RoleError> {
    let mut tx = app.parts.store.begin().await?;
    let holders = holders(&mut tx, by, ProjectAct::ManageRoles, project).await?;
    let whose = tx.user_by_name(name).await?.ok_or(RoleError::Unknown("user"))?;
    let had = holders.people.get(&whose.id).copied();
    if had.is_none() && (holders.are_there() || role != Some(ProjectRole::Owner)) {
        return Err(RoleError::Unknown("role of this user on the project; others are invited"));
    }
    if had.is_none() {
        user(&mut tx, name).await?;
    }
    holders.keep_an_owner(&whose.id, role)?;
    if had == Some(ProjectRole::Owner) || role == Some(ProjectRole::Owner) {
        let mut owners = owners(&app.parts.store, &holders).await?;
        owners.insert(whose.id.clone());
        let what = format!("{} was {} and is {} now", whose.name, said(had), said(role));
        mails::ownership_changed(&mut tx, owners, (project.as_str(), &what), by).await?;
    }
    tx.set_project_role(project, &whose.id, role, by.at).await?;
    journal(&mut tx, by, project, &format!("{} became {}", said(had), said(role))).await?;
    let detail = format!("{}: {} became {}", whose.name, said(had), said(role));
    let change = Change::of(had.map(ProjectRole::id), role.map(ProjectRole::id));
    tx.audit_change(&by.event(AuditAction::SetRole, project, detail), change).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(())
}

/// Gives up one's own role.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn leave(app: &App, project: &ProjectName, by: &By) -> Result<(), RoleError> {
    let mut tx = app.parts.store.begin().await?;
    permitted(&mut tx, by.at).await?;
    let holders = tx.holders(project).await?;
    let user = by.user().ok_or(fondaco_model::Denial::ByToken)?.clone();
    let had = *holders.people.get(&user).ok_or(RoleError::Unknown("role of yours on the project"))?;
    holders.keep_an_owner(&user, None)?;
    if had == ProjectRole::Owner {
        let owners = owners(&app.parts.store, &holders).await?;
        mails::ownership_changed(&mut tx, owners, (project.as_str(), "an owner has left"), by).await?;
    }
    tx.set_project_role(project, &user, None, by.at).await?;
    journal(&mut tx, by, project, &format!("{} became none", had.id())).await?;
    let event = by.event(AuditAction::SetRole, project, format!("{} left as {}", by.name, had.id()));
    tx.audit_change(&event, Change::of(Some(had.id()), None)).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(())
}

/// Gives a team of the project's organisation a role, or takes it away.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn set_team_role(
    store: &Store,
    project: &ProjectName,
    team: &TeamName,
    role: Option<ProjectRole>,
    by: &By,
) -> Result<(), RoleError> {
    let mut tx = store.begin().await?;
    let holders = holders(&mut tx, by, ProjectAct::ManageRoles, project).await?;
    if team.organisation() != holders.organisation || !tx.has_team(team).await? {
        return Err(RoleError::Unknown("team of the project's organisation"));
    }
    tx.set_team_role(project, team, role).await?;
    journal(&mut tx, by, project, "the role of a team was changed").await?;
    let had = holders.teams.get(team).copied();
    let event = by.event(AuditAction::SetTeam, team, format!("{project}: {}", said(role)));
    tx.audit_change(&event, Change::of(had.map(ProjectRole::id), role.map(ProjectRole::id))).await?;
    Ok(tx.commit().await?)
}

/// Brings a project into an organisation of which somebody is an owner, or out of one. The roles that
/// teams had on it, and its open invitations, end.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn transfer(
    app: &App,
    project: &ProjectName,
    to: Option<&OrganisationName>,
    by: &By,
) -> Result<(), RoleError> {
    let store = &app.parts.store;
    if let Some(to) = to {
        store.organisation(to).await?.ok_or(RoleError::Unknown("organisation"))?;
        may_in(&by.actor, OrganisationAct::Give(OrganisationRole::Owner), to)?;
    }
    let mut tx = store.begin().await?;
    let holders = holders(&mut tx, by, ProjectAct::Transfer, project).await?;
    if holders.organisation.as_ref() == to {
        return Err(RoleError::Conflict("the project belongs there already"));
    }
    let mut owners = owners(store, &holders).await?;
    if let Some(to) = to {
        // It may have been dissolved meanwhile, or have lost its owners.
        let theirs = organisations::owners(&tx.members(to).await?);
        if theirs.is_empty() {
            return Err(RoleError::Unknown("organisation"));
        }
        owners.extend(theirs);
    } else {
        holders.keep_an_owner_alone()?;
    }
    tx.set_project_organisation(project, to, by.at).await?;
    for open in tx.invitations_to(("project", project.as_str()), by.at).await? {
        tx.answer_invitation(&open.id, fondaco_model::InvitationState::Withdrawn).await?;
    }
    let name = |of: Option<&OrganisationName>| of.map_or("none", OrganisationName::as_str).to_owned();
    journal(&mut tx, by, project, "it belongs to another organisation").await?;
    let (before, after) = (name(holders.organisation.as_ref()), name(to));
    let what = format!("it was in the organisation {before}, and is in {after} now");
    mails::ownership_changed(&mut tx, owners, (project.as_str(), &what), by).await?;
    let change = Change::of(
        holders.organisation.as_ref().map(OrganisationName::as_str),
        to.map(OrganisationName::as_str),
    );
    let detail = format!("{before} became {after}");
    tx.audit_change(&by.event(AuditAction::Transfer, project, detail), change).await?;
    tx.commit().await?;
    app.mail_queued.notify_one();
    Ok(())
}

/// Why an operator can't make somebody an owner.
#[derive(Debug, thiserror::Error)]
pub enum GiveError {
    /// A reason is needed: it is what the next person reads.
    #[error("this needs a reason")]
    NoReason,
    /// It is no project of our own.
    #[error("{0} is no project of our own")]
    NotOwn(ProjectName),
    /// Nobody of that name has an account in use.
    #[error("there is no user {0}")]
    NoUser(UserName),
    /// The database.
    #[error(transparent)]
    Store(#[from] fondaco_store::StoreError),
}

/// Makes somebody an owner of a project, by an operator on the host: for projects that nobody holds,
/// or whose owners are gone.
///
/// # Errors
/// See [`GiveError`]; nothing has changed then.
pub async fn give_owner(
    store: &Store,
    project: &ProjectName,
    name: &UserName,
    act: &Act,
) -> Result<(), GiveError> {
    if act.reason.trim().is_empty() {
        return Err(GiveError::NoReason);
    }
    store.own_project(project).await?.ok_or_else(|| GiveError::NotOwn(project.clone()))?;
    let mut tx = store.begin().await?;
    let found = tx.user_by_name(name).await?.filter(|user| user.state == UserState::Active);
    let whose = found.ok_or_else(|| GiveError::NoUser(name.clone()))?;
    let holders = tx.holders(project).await?;
    let had = holders.people.get(&whose.id).copied();
    let mut owners = owners(store, &holders).await?;
    owners.insert(whose.id.clone());
    let what = format!("{} was {} and is owner now", whose.name, said(had));
    let by = By { actor: Actor::Anonymous, name: act.by.clone(), at: act.at };
    mails::ownership_changed(&mut tx, owners, (project.as_str(), &what), &by).await?;
    tx.set_project_role(project, &whose.id, Some(ProjectRole::Owner), act.at).await?;
    let entry = JournalEntry::new(act.at, JournalKind::RolesChanged, "an operator made an owner");
    tx.journal(&entry.of_project(project)).await?;
    let detail = format!("{}: {} became owner", whose.name, said(had));
    let change = Change::of(had.map(ProjectRole::id), Some(ProjectRole::Owner.id()));
    tx.audit_change(&act.event(AuditAction::SetRole, project, detail), change).await?;
    Ok(tx.commit().await?)
}
