//! `/projects/NAME/roles`: who holds a project.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fondaco_model::{Actor, OrganisationName, ProjectAct, ProjectRole, TeamName, may};
use fondaco_pydist::ProjectName;
use maud::{Markup, html};

use super::{NONE, Sent, choice, done, open, or_none, people, read, typed};
use crate::api::roles_told::project;
use crate::app::App;
use crate::roles::{self, By, Caller, ManageRoles, OnProject, RoleError, SeeRoles, Transfer};
use crate::web::forms::private_page;

const PERSON: &str = "the name of a person";
const ROLES: [&str; 2] = ["maintainer", "owner"];

fn page(project: &ProjectName) -> String {
    format!("projects/{project}/roles")
}

/// The same for whoever has just changed something, unless they have thereby lost sight of it.
async fn after(app: &App, by: &By, project: &ProjectName) -> Result<String, RoleError> {
    let Actor::Person(person) = &by.actor else { return Ok(page(project)) };
    let role = roles::role_on(&app.parts.store, &person.id, project).await?;
    let sees = person.staff.is_some() || role.is_some();
    Ok(if sees { page(project) } else { "account/roles".to_owned() })
}

pub(super) async fn get(on: OnProject<SeeRoles>, State(app): State<App>) -> Result<Response, RoleError> {
    let told = project(&app, &on).await?;
    // What one may not do is not offered; the forms ask once more.
    let manages = may(&on.by.actor, ProjectAct::ManageRoles, &on.project, &on.holders).is_ok();
    let teams = match &on.holders.organisation {
        Some(organisation) if manages => app.parts.store.teams_of_organisation(organisation).await?,
        _ => Vec::new(),
    };
    let body = html! {
        h1 { "Who holds " (told.project) }
        @if let Some(organisation) = &told.organisation {
            p { "It belongs to " a href={ "../../organisations/" (organisation) } { (organisation) } "." }
        }
        (people(&told.people, manages.then_some(("roles", &ROLES[..]))))
        @if !told.teams.is_empty() {
            h2 { "Teams" }
            ul { @for one in &told.teams { li { (one.team) ": " (one.role) } } }
        }
        @if !teams.is_empty() { (give_to_team(teams.iter().map(|team| &team.name))) }
        (open(&told.invitations, manages.then_some("../../account")))
        @if manages {
            h2 { "Invite somebody" }
            (choice("invitations", &ROLES, "Invite"))
            (move_it(told.organisation.as_deref()))
        }
        h2 { "Leave" }
        form action="leave" method="post" { button type="submit" { "Give up my own role" } }
    };
    Ok(private_page(&app, StatusCode::OK, "../../", ("Roles", &body)).await?)
}

fn give_to_team<'a>(teams: impl Iterator<Item = &'a TeamName>) -> Markup {
    html! {
        h2 { "Give it to a team" }
        form action="teams" method="post" {
            p { label { "Team: " select name="team" {
                @for team in teams { option value=(team) { (team) } }
            } } }
            p { label { "Role: " select name="role" {
                @for role in ROLES { option value=(role) { (role) } }
                option value=(NONE) { "no role any more" }
            } } }
            button type="submit" { "Set it" }
        }
    }
}

fn move_it(organisation: Option<&str>) -> Markup {
    html! {
        h2 { "Organisation" }
        p { "Roles of teams and open invitations end with it." }
        form action="organisation" method="post" {
            p { label { "To the organisation: " input name="organisation" required maxlength="40" autocomplete="off"; } }
            button type="submit" { "Bring it there" }
        }
        @if organisation.is_some() {
            form action="organisation" method="post" {
                input type="hidden" name="organisation" value=(NONE);
                button type="submit" { "Take it out of its organisation" }
            }
        }
    }
}

pub(super) async fn set_role(
    on: OnProject<ManageRoles>,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let typed = typed(sent);
    let outcome = async {
        let (user, role) = (read(&typed.user, PERSON)?, or_none(&typed.role, "a role")?);
        roles::set_role(&app, &on.project, &user, role, &on.by).await
    };
    let outcome = outcome.await;
    done(&app, outcome, ("../../", &after(&app, &on.by, &on.project).await?)).await
}

pub(super) async fn invite(
    on: OnProject<ManageRoles>,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let typed = typed(sent);
    let outcome = async {
        let (user, role) = (read(&typed.user, PERSON)?, read(&typed.role, "a role")?);
        roles::invite(&app, &on.project, (&user, role), &on.by).await.map(drop)
    };
    done(&app, outcome.await, ("../../", &page(&on.project))).await
}

pub(super) async fn set_team(
    on: OnProject<ManageRoles>,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let typed = typed(sent);
    let outcome = async {
        let team: TeamName = read(&typed.team, "a team of the organisation")?;
        let role: Option<ProjectRole> = or_none(&typed.role, "a role")?;
        roles::set_team_role(&app.parts.store, &on.project, &team, role, &on.by).await
    };
    done(&app, outcome.await, ("../../", &page(&on.project))).await
}

pub(super) async fn transfer(
    on: OnProject<Transfer>,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let typed = typed(sent);
    let outcome = async {
        let to: Option<OrganisationName> = or_none(typed.organisation.trim(), "the name of an organisation")?;
        roles::transfer(&app, &on.project, to.as_ref(), &on.by).await
    };
    let outcome = outcome.await;
    done(&app, outcome, ("../../", &after(&app, &on.by, &on.project).await?)).await
}

/// Who has left sees the page no more.
pub(super) async fn leave(
    caller: Caller,
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response, RoleError> {
    let outcome = async {
        let project = name.parse().map_err(|_| RoleError::Unknown("role of yours on the project"))?;
        roles::leave(&app, &project, &caller.by).await
    };
    done(&app, outcome.await, ("../../", "account/roles")).await
}
