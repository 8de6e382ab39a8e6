//! `/organisations/NAME`: an organisation, its members, teams and projects.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fondaco_model::{Actor, OrganisationAct, OrganisationRole, may_in};
use maud::html;

use super::{Sent, choice, done, open, or_none, people, read, typed};
use crate::api::roles_told::organisation;
use crate::app::App;
use crate::roles::{self, InOrganisation, Manager, Member, Owner, RoleError};
use crate::web::forms::private_page;

const PERSON: &str = "the name of a person";
const ROLES: [&str; 3] = ["member", "manager", "owner"];

fn page<R>(within: &InOrganisation<R>) -> String {
    format!("organisations/{}", within.organisation.name)
}

pub(super) async fn get(
    within: InOrganisation<Member>,
    State(app): State<App>,
) -> Result<Response, RoleError> {
    let told = organisation(&app, &within).await?;
    // What one may not do is not offered; the forms ask once more.
    let may = |act| may_in(&within.by.actor, act, &within.organisation.name).is_ok();
    let manages = may(OrganisationAct::Give(OrganisationRole::Member));
    let owns = may(OrganisationAct::Dissolve);
    let given: &[&str] = if owns { &ROLES } else { &ROLES[..1] };
    let name = &told.organisation;
    let members = format!("{name}/members");
    let body = html! {
        h1 { (told.display_name) }
        p.dim { "organisation " code { (name) } }
        h2 { "Members" }
        (people(&told.members, manages.then_some((members.as_str(), given))))
        h2 { "Projects" }
        @if told.projects.is_empty() { p { "None. An owner of a project brings it here, on its page of roles." } }
        ul { @for project in &told.projects {
            li { a href={ "../projects/" (project) "/roles" } { (project) } }
        } }
        h2 { "Teams" }
        ul { @for team in &told.teams { li {
            a href={ (name) "/teams/" (team.team.rsplit('/').next().unwrap_or_default()) } { (team.team) }
            ": " (team.people.join(", "))
        } } }
        @if manages {
            form action={ (name) "/teams" } method="post" {
                p { label { "Make a team, lower-case letters, digits and -: "
                    input name="team" required maxlength="40" autocomplete="off"; } }
                button type="submit" { "Make it" }
            }
        }
        (open(&told.invitations, manages.then_some("../account")))
        @if manages {
            h2 { "Invite somebody" }
            (choice(&format!("{name}/invitations"), given, "Invite"))
        }
        h2 { "Leave" }
        form action={ (name) "/leave" } method="post" { button type="submit" { "Leave it, and its teams" } }
        @if owns {
            h2 { "Dissolve" }
            form action={ (name) "/dissolve" } method="post" {
                p { label { "Its name, to be sure: " input name="name" required autocomplete="off"; } }
                button type="submit" { "Dissolve it" }
            }
        }
    };
    Ok(private_page(&app, StatusCode::OK, "../", ("Organisation", &body)).await?)
}

pub(super) async fn invite(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let typed = typed(sent);
    let outcome = async {
        let (user, role) = (read(&typed.user, PERSON)?, read(&typed.role, "a role")?);
        roles::invite_to(&app, &within.organisation.name, (&user, role), &within.by).await.map(drop)
    };
    done(&app, outcome.await, ("../../", &page(&within))).await
}

pub(super) async fn set_member(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let typed = typed(sent);
    let outcome = async {
        let (user, role) = (read(&typed.user, PERSON)?, or_none(&typed.role, "a role")?);
        roles::set_member(&app, &within.organisation.name, &user, role, &within.by).await
    };
    let outcome = outcome.await;
    // Whoever has taken themselves out sees the page no more.
    let sees = match &within.by.actor {
        Actor::Person(person) if person.staff.is_none() => {
            let theirs = app.parts.store.organisations_of(&person.id).await?;
            theirs.contains_key(&within.organisation.name)
        }
        _ => true,
    };
    let back = if sees { page(&within) } else { "account/roles".to_owned() };
    done(&app, outcome, ("../../", &back)).await
}

/// Who has left sees the page no more.
pub(super) async fn leave(
    within: InOrganisation<Member>,
    State(app): State<App>,
) -> Result<Response, RoleError> {
    let outcome = roles::leave_organisation(&app, &within.organisation.name, &within.by).await;
    done(&app, outcome, ("../../", "account/roles")).await
}

pub(super) async fn dissolve(
    within: InOrganisation<Owner>,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let name = &within.organisation.name;
    let outcome = if typed(sent).name.trim() == name.as_str() {
        roles::dissolve(&app.parts.store, name, &within.by).await
    } else {
        Err(RoleError::Malformed("the organisation's name, to be sure"))
    };
    let back = if outcome.is_ok() { "account/roles".to_owned() } else { page(&within) };
    done(&app, outcome, ("../../", &back)).await
}
