//! `/api/v1/projects/NAME/roles`, its invitations, teams and organisation.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_model::{OrganisationName, TeamName};
use fondaco_pydist::ProjectName;
use fondaco_wire::roles_v1::{Holder, InvitationOrder, RoleOrder, Roles, TeamRole, TransferOrder};

use super::{Names, no_content, ordered, shown, user_name, word};
use crate::app::App;
use crate::roles::{self, Caller, ManageRoles, OnProject, RoleError, SeeRoles, Transfer, team_named};

const ROLE: &str = r#"e.g. {"role": "maintainer"}; there are owner and maintainer"#;

/// Who holds a project, for those who may know.
pub(crate) async fn told(app: &App, on: &OnProject<SeeRoles>) -> Result<Roles, RoleError> {
    let store = &app.parts.store;
    let mut names = Names::of(store);
    let mut people = Vec::new();
    for (user, role) in &on.holders.people {
        people.push(Holder { user: names.name(user).await?, role: role.id() });
    }
    let project = on.project.to_string();
    let team = |(team, role): (&TeamName, &fondaco_model::ProjectRole)| TeamRole {
        team: team.to_string(),
        project: project.clone(),
        role: role.id(),
    };
    let open = store.invitations_to(("project", on.project.as_str()), app.now()).await?;
    Ok(Roles {
        schema: "fondaco.roles/1",
        organisation: on.holders.organisation.as_ref().map(ToString::to_string),
        people,
        teams: on.holders.teams.iter().map(team).collect(),
        invitations: names.invitations(&open).await?,
        project,
    })
}

pub(super) async fn list(on: OnProject<SeeRoles>, State(app): State<App>) -> Result<Response, RoleError> {
    Ok(shown(&told(&app, &on).await?))
}

pub(super) async fn set(
    on: OnProject<ManageRoles>,
    State(app): State<App>,
    Path((_, user)): Path<(String, String)>,
    order: Result<Json<RoleOrder>, JsonRejection>,
) -> Result<Response, RoleError> {
    let role = ordered(order, ROLE)?.role.parse().map_err(|_| RoleError::Malformed(ROLE))?;
    roles::set_role(&app, &on.project, &user_name(&user)?, Some(role), &on.by).await?;
    Ok(no_content())
}

pub(super) async fn remove(
    on: OnProject<ManageRoles>,
    State(app): State<App>,
    Path((_, user)): Path<(String, String)>,
) -> Result<Response, RoleError> {
    roles::set_role(&app, &on.project, &user_name(&user)?, None, &on.by).await?;
    Ok(no_content())
}

pub(super) async fn leave(
    caller: Caller,
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response, RoleError> {
    let project: ProjectName = word(&name, "role of yours on the project")?;
    roles::leave(&app, &project, &caller.by).await?;
    Ok(no_content())
}

pub(super) async fn invite(
    on: OnProject<ManageRoles>,
    State(app): State<App>,
    order: Result<Json<InvitationOrder>, JsonRejection>,
) -> Result<Response, RoleError> {
    const EXAMPLE: &str = r#"e.g. {"user": "jane", "role": "maintainer"}; there are owner and maintainer"#;
    let order = ordered(order, EXAMPLE)?;
    let role = order.role.parse().map_err(|_| RoleError::Malformed(EXAMPLE))?;
    let whom = (&user_name(&order.user)?, role);
    let invitation = roles::invite(&app, &on.project, whom, &on.by).await?;
    let told = Names::of(&app.parts.store).invitations(&[invitation]).await?;
    Ok((StatusCode::CREATED, shown(&told[0])).into_response())
}

fn team(organisation: &str, team: &str) -> Result<TeamName, RoleError> {
    let organisation: OrganisationName = word(organisation, "organisation")?;
    team_named(&organisation, team)
}

pub(super) async fn set_team(
    on: OnProject<ManageRoles>,
    State(app): State<App>,
    Path((_, organisation, name)): Path<(String, String, String)>,
    order: Result<Json<RoleOrder>, JsonRejection>,
) -> Result<Response, RoleError> {
    let role = ordered(order, ROLE)?.role.parse().map_err(|_| RoleError::Malformed(ROLE))?;
    let team = team(&organisation, &name)?;
    roles::set_team_role(&app.parts.store, &on.project, &team, Some(role), &on.by).await?;
    Ok(no_content())
}

pub(super) async fn remove_team(
    on: OnProject<ManageRoles>,
    State(app): State<App>,
    Path((_, organisation, name)): Path<(String, String, String)>,
) -> Result<Response, RoleError> {
    let team = team(&organisation, &name)?;
    roles::set_team_role(&app.parts.store, &on.project, &team, None, &on.by).await?;
    Ok(no_content())
}

pub(super) async fn transfer(
    on: OnProject<Transfer>,
    State(app): State<App>,
    order: Result<Json<TransferOrder>, JsonRejection>,
) -> Result<Response, RoleError> {
    let order = ordered(order, r#"e.g. {"organisation": "acme"}"#)?;
    let to = word(&order.organisation, "organisation")?;
    roles::transfer(&app, &on.project, Some(&to), &on.by).await?;
    Ok(no_content())
}

pub(super) async fn take_out(on: OnProject<Transfer>, State(app): State<App>) -> Result<Response, RoleError> {
    roles::transfer(&app, &on.project, None, &on.by).await?;
    Ok(no_content())
}
