use fondaco_model::{
    AuditAction, Change, OrganisationAct, OrganisationName, ProjectRole, TeamName, UserName, may_in,
};
use fondaco_store::{Store, Tx};

use super::{By, RoleError, permitted};

/// The team of an organisation that a path names.
///
/// # Errors
/// [`RoleError::Unknown`] where no team can be called so.
pub(crate) fn team_named(organisation: &OrganisationName, name: &str) -> Result<TeamName, RoleError> {
    TeamName::within(organisation, name).map_err(|_| RoleError::Unknown("team"))
}

/// The team and what it has at most, where somebody may act on it.
async fn team(
    tx: &mut Tx,
    team: &TeamName,
    act: fn(Option<ProjectRole>) -> OrganisationAct,
    by: &By,
) -> Result<OrganisationName, RoleError> {
    permitted(tx, by.at).await?;
    let organisation = team.organisation().ok_or(RoleError::Unknown("team"))?;
    if !tx.has_team(team).await? {
        return Err(RoleError::Unknown("team"));
    }
    may_in(&by.actor, act(tx.greatest_role_of(team).await?), &organisation)?;
    Ok(organisation)
}

/// Makes a team in an organisation.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn make_team(
    store: &Store,
    organisation: &OrganisationName,
    team: &TeamName,
    by: &By,
) -> Result<(), RoleError> {
    may_in(&by.actor, OrganisationAct::MakeTeam(None), organisation)?;
    let mut tx = store.begin().await?;
    permitted(&mut tx, by.at).await?;
    if !tx.add_team(team, organisation, &by.name, by.at).await? {
        return Err(RoleError::Conflict("there is such a team already"));
    }
    tx.audit_change(&by.event(AuditAction::SetTeam, team, "made"), Change::of(None, Some("made"))).await?;
    Ok(tx.commit().await?)
}

/// Dissolves a team, with its roles.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn dissolve_team(store: &Store, name: &TeamName, by: &By) -> Result<(), RoleError> {
    let mut tx = store.begin().await?;
    team(&mut tx, name, OrganisationAct::MakeTeam, by).await?;
    tx.remove_team(name).await?;
    let change = Change::of(Some("made"), None);
    tx.audit_change(&by.event(AuditAction::SetTeam, name, "dissolved"), change).await?;
    Ok(tx.commit().await?)
}

/// Puts a member of the organisation into one of its teams.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn add_to_team(
    store: &Store,
    name: &TeamName,
    user: &UserName,
    by: &By,
) -> Result<(), RoleError> {
    let mut tx = store.begin().await?;
    let organisation = team(&mut tx, name, OrganisationAct::FillTeam, by).await?;
    let user = super::user(&mut tx, user).await?;
    if !tx.members(&organisation).await?.contains_key(&user.id) {
        return Err(RoleError::Unknown("member of the organisation"));
    }
    if !tx.add_to_team(name, &user.id, false).await? {
        return Err(RoleError::Conflict("they are in this team already"));
    }
    let change = Change::of(None, Some(&user.actor()));
    tx.audit_change(&by.event(AuditAction::JoinTeam, name, user.actor()), change).await?;
    Ok(tx.commit().await?)
}

/// Takes somebody out of a team.
///
/// # Errors
/// See [`RoleError`]; nothing has changed then.
pub(crate) async fn take_from_team(
    store: &Store,
    name: &TeamName,
    user: &UserName,
    by: &By,
) -> Result<(), RoleError> {
    let mut tx = store.begin().await?;
    team(&mut tx, name, OrganisationAct::FillTeam, by).await?;
    let user = tx.user_by_name(user).await?.ok_or(RoleError::Unknown("user"))?;
    if !tx.take_from_team(name, &user.id).await? {
        return Err(RoleError::Unknown("member of this team"));
    }
    let change = Change::of(Some(&user.actor()), None);
    tx.audit_change(&by.event(AuditAction::LeaveTeam, name, user.actor()), change).await?;
    Ok(tx.commit().await?)
}
