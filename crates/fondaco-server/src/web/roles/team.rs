//! `/organisations/NAME/teams/TEAM`: a team, its people and its projects.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fondaco_model::{OrganisationAct, OrganisationName, ProjectRole, TeamName, UserName, may_in};
use maud::html;

use super::{Sent, done, read, typed};
use crate::api::roles_told::organisation;
use crate::app::App;
use crate::roles::{self, InOrganisation, Manager, Member, RoleError, team_named};
use crate::web::forms::private_page;

const PERSON: &str = "the name of a member of the organisation";

fn page(organisation: &OrganisationName, team: &str) -> String {
    match TeamName::within(organisation, team) {
        Ok(_) => format!("organisations/{organisation}/teams/{team}"),
        Err(_) => format!("organisations/{organisation}"),
    }
}

pub(super) async fn get(
    within: InOrganisation<Member>,
    State(app): State<App>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, RoleError> {
    let team = team_named(&within.organisation.name, &name)?;
    let told = organisation(&app, &within).await?;
    let found = told.teams.iter().find(|one| one.team == team.as_str()).ok_or(RoleError::Unknown("team"))?;
    let owners_role = found.roles.iter().any(|role| role.role == ProjectRole::Owner.id());
    let greatest = owners_role.then_some(ProjectRole::Owner);
    let act = OrganisationAct::FillTeam(greatest);
    let fills = may_in(&within.by.actor, act, &within.organisation.name).is_ok();
    let body = html! {
        h1 { "Team " (found.team) }
        p { a href={ "../../" (told.organisation) } { (told.display_name) } }
        h2 { "Members" }
        table {
            tr { th { "Person" } @if fills { th {} } }
            @for person in &found.people { tr {
                td { (person) }
                @if fills { td {
                    form action={ (name) "/remove" } method="post" {
                        input type="hidden" name="user" value=(person);
                        button type="submit" { "Take out" }
                    }
                } }
            } }
        }
        @if fills {
            form action={ (name) "/members" } method="post" {
                p { label { "A member of the organisation: " select name="user" {
                    @for member in told.members.iter().filter(|one| !found.people.contains(&one.user)) {
                        option value=(member.user) { (member.user) }
                    }
                } } }
                button type="submit" { "Put in" }
            }
        }
        h2 { "Projects" }
        p { "An owner of a project gives it to a team, on the project's page of roles." }
        ul { @for role in &found.roles {
            li { a href={ "../../../projects/" (role.project) "/roles" } { (role.project) } ": " (role.role) }
        } }
        @if fills {
            h2 { "Dissolve" }
            form action={ (name) "/dissolve" } method="post" { button type="submit" { "Dissolve the team" } }
        }
    };
    Ok(private_page(&app, StatusCode::OK, "../../../", ("Team", &body)).await?)
}

pub(super) async fn make(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let typed = typed(sent);
    let organisation = &within.organisation.name;
    let outcome = match TeamName::within(organisation, typed.team.trim()) {
        Ok(team) => roles::make_team(&app.parts.store, organisation, &team, &within.by).await,
        Err(_) => Err(RoleError::Malformed("a team's name of lower-case letters, digits and -")),
    };
    done(&app, outcome, ("../../", &page(organisation, typed.team.trim()))).await
}

pub(super) async fn add(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    Path((_, name)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let typed = typed(sent);
    let organisation = &within.organisation.name;
    let outcome = async {
        let (team, user): (_, UserName) = (team_named(organisation, &name)?, read(&typed.user, PERSON)?);
        roles::add_to_team(&app.parts.store, &team, &user, &within.by).await
    };
    done(&app, outcome.await, ("../../../../", &page(organisation, &name))).await
}

pub(super) async fn remove(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    Path((_, name)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let typed = typed(sent);
    let organisation = &within.organisation.name;
    let outcome = async {
        let (team, user): (_, UserName) = (team_named(organisation, &name)?, read(&typed.user, PERSON)?);
        roles::take_from_team(&app.parts.store, &team, &user, &within.by).await
    };
    done(&app, outcome.await, ("../../../../", &page(organisation, &name))).await
}

pub(super) async fn dissolve(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, RoleError> {
    let organisation = &within.organisation.name;
    let outcome = async {
        let team = team_named(organisation, &name)?;
        roles::dissolve_team(&app.parts.store, &team, &within.by).await
    };
    let outcome = outcome.await;
    let back =
        if outcome.is_ok() { format!("organisations/{organisation}") } else { page(organisation, &name) };
    done(&app, outcome, ("../../../../", &back)).await
}
