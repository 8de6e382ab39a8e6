//! Pages of roles: one's own at `/account/roles`, those of a project and of an organisation. What they
//! lack is in the API.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_wire::roles_v1::{Holder, Invitation};
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::{go, notice, private_page};
use crate::api::roles_told::{Names, memberships, organisation, project};
use crate::app::App;
use crate::endpoints::{Endpoints, Verb};
use crate::roles::{
    self, Caller, InOrganisation, ManageRoles, Manager, Member, OnProject, RoleError, SeeRoles,
};

/// The endpoints.
pub(super) fn endpoints(table: Endpoints) -> Endpoints {
    table
        .caller(Verb::Get, "/account/roles", own)
        .caller(Verb::Post, "/account/organisations", make)
        .caller(Verb::Post, "/account/invitations/{id}/accept", accept)
        .caller(Verb::Post, "/account/invitations/{id}/decline", decline)
        .on_project(Verb::Get, "/projects/{name}/roles", of_project)
        .on_project(Verb::Post, "/projects/{name}/roles", set_role)
        .on_project(Verb::Post, "/projects/{name}/invitations", invite)
        .in_organisation(Verb::Get, "/organisations/{organisation}", of_organisation)
        .in_organisation(Verb::Post, "/organisations/{organisation}/invitations", invite_to)
}

/// What any of the forms may send; each uses what it needs.
#[derive(Default, Deserialize)]
struct Typed {
    #[serde(default)]
    user: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    name: String,
}

type Sent = Result<Form<Typed>, FormRejection>;

fn typed(sent: Sent) -> Typed {
    sent.map(|Form(typed)| typed).unwrap_or_default()
}

/// What came of a form: the page again, or a page that says why not.
async fn done(
    app: &App,
    outcome: Result<(), RoleError>,
    (root, back): (&str, &str),
) -> Result<Response, RoleError> {
    let Err(error) = outcome else { return Ok(go(root, back)) };
    let status = match &error {
        RoleError::Trouble(_) | RoleError::Denied(_) => return Err(error),
        RoleError::Unknown(_) => StatusCode::NOT_FOUND,
        RoleError::Malformed(_) => StatusCode::BAD_REQUEST,
        _ => StatusCode::CONFLICT,
    };
    let body = html! {
        h1 { "Nothing was changed" }
        (notice(Some(&error.to_string())))
        p { a href={ (root) (back) } { "Back" } }
    };
    Ok(private_page(app, status, root, ("Nothing was changed", &body)).await?)
}

fn people(people: &[Holder]) -> Markup {
    html! {
        table {
            tr { th { "Person" } th { "Role" } }
            @for one in people { tr { td { (one.user) } td { (one.role) } } }
        }
    }
}

fn open(invitations: &[Invitation]) -> Markup {
    html! {
        @if !invitations.is_empty() {
            h2 { "Open invitations" }
            table {
                tr { th { "Person" } th { "Role" } th { "Until" } }
                @for one in invitations {
                    tr {
                        td { (one.user) } td { (one.role) }
                        td { (one.expires_at.get(..16).unwrap_or_default().replace('T', " ")) }
                    }
                }
            }
        }
    }
}

/// A form for a person and one of some roles.
fn choice(action: &str, roles: &[&str], button: &str) -> Markup {
    html! {
        form action=(action) method="post" {
            p { label { "Name: " input name="user" required maxlength="50" autocomplete="off"; } }
            p { label { "Role: " select name="role" { @for role in roles { option value=(role) { (role) } } } } }
            button type="submit" { (button) }
        }
    }
}

async fn own(caller: Caller, State(app): State<App>) -> Result<Response, RoleError> {
    let store = &app.parts.store;
    let projects = store.project_roles_of(&caller.principal.id).await?;
    let invited = store.invitations_of(&caller.principal.id, app.now()).await?;
    let invited = Names::of(store).invitations(&invited).await?;
    let body = html! {
        h1 { "Projects and organisations" }
        @if !invited.is_empty() {
            h2 { "You are invited" }
            @for one in &invited {
                p { "To the " (one.kind) " " b { (one.name) } " as " (one.role)
                    @if let Some(by) = &one.by { ", by " (by) } "." }
                form action={ "invitations/" (one.id) "/accept" } method="post" { button { "Accept" } }
                form action={ "invitations/" (one.id) "/decline" } method="post" { button { "Decline" } }
            }
        }
        h2 { "Projects" }
        ul { @for (project, role) in &projects {
            li { a href={ "../projects/" (project) "/roles" } { (project) } ": " (role) }
        } }
        h2 { "Organisations" }
        ul { @for one in memberships(&app, &caller).await? {
            li { a href={ "../organisations/" (one.organisation) } { (one.display_name) }
                @if let Some(role) = one.role { ": " (role) } }
        } }
        form action="organisations" method="post" {
            p { label { "Make an organisation, lower-case letters, digits and -: "
                input name="name" required maxlength="40" autocomplete="off"; } }
            button type="submit" { "Make it" }
        }
    };
    Ok(private_page(&app, StatusCode::OK, "../", ("Projects and organisations", &body)).await?)
}

async fn make(caller: Caller, State(app): State<App>, sent: Sent) -> Result<Response, RoleError> {
    let outcome = match typed(sent).name.parse() {
        Ok(name) => roles::make_organisation(&app.parts.store, &name, "", &caller.by).await.map(|_| ()),
        Err(_) => Err(RoleError::Malformed("a name")),
    };
    done(&app, outcome, ("../", "account/roles")).await
}

async fn accept(
    caller: Caller,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, RoleError> {
    let outcome = roles::accept(&app.parts.store, &id, &caller.by).await.map(|_| ());
    done(&app, outcome, ("../../../", "account/roles")).await
}

async fn decline(
    caller: Caller,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, RoleError> {
    let outcome = roles::decline(&app.parts.store, &id, &caller.by).await;
    done(&app, outcome, ("../../../", "account/roles")).await
}

async fn of_project(on: OnProject<SeeRoles>, State(app): State<App>) -> Result<Response, RoleError> {
    let told = project(&app, &on).await?;
    let body = html! {
        h1 { "Who holds " (told.project) }
        @if let Some(organisation) = &told.organisation {
            p { "It belongs to " a href={ "../../organisations/" (organisation) } { (organisation) } "." }
        }
        (people(&told.people))
        @if !told.teams.is_empty() {
            h2 { "Teams" }
            ul { @for one in &told.teams { li { (one.team) ": " (one.role) } } }
        }
        (open(&told.invitations))
        h2 { "Invite somebody" }
        (choice("invitations", &["maintainer", "owner"], "Invite"))
        h2 { "Change a role" }
        (choice("roles", &["maintainer", "owner", "none"], "Change it"))
    };
    Ok(private_page(&app, StatusCode::OK, "../../", ("Roles", &body)).await?)
}

async fn set_role(
    on: OnProject<ManageRoles>,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let Typed { user, role, .. } = typed(sent);
    let role = if role == "none" { Ok(None) } else { role.parse().map(Some) };
    let outcome = match (user.parse(), role) {
        (Ok(user), Ok(role)) => roles::set_role(&app.parts.store, &on.project, &user, role, &on.by).await,
        _ => Err(RoleError::Malformed("a name and a role")),
    };
    done(&app, outcome, ("../../", &format!("projects/{}/roles", on.project))).await
}

async fn invite(
    on: OnProject<ManageRoles>,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let Typed { user, role, .. } = typed(sent);
    let outcome = match (user.parse(), role.parse()) {
        (Ok(user), Ok(role)) => {
            roles::invite(&app.parts.store, &on.project, (&user, role), &on.by).await.map(|_| ())
        }
        _ => Err(RoleError::Malformed("a name and a role")),
    };
    done(&app, outcome, ("../../", &format!("projects/{}/roles", on.project))).await
}

async fn of_organisation(
    within: InOrganisation<Member>,
    State(app): State<App>,
) -> Result<Response, RoleError> {
    let told = organisation(&app, &within).await?;
    let body = html! {
        h1 { (told.display_name) }
        (people(&told.members))
        h2 { "Projects" }
        ul { @for project in &told.projects {
            li { a href={ "../projects/" (project) "/roles" } { (project) } }
        } }
        h2 { "Teams" }
        ul { @for team in &told.teams { li { (team.team) ": " (team.people.join(", ")) } } }
        (open(&told.invitations))
        h2 { "Invite somebody" }
        (choice(&format!("{}/invitations", told.organisation), &["member", "manager", "owner"], "Invite"))
    };
    Ok(private_page(&app, StatusCode::OK, "../", ("Organisation", &body)).await?)
}

async fn invite_to(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let Typed { user, role, .. } = typed(sent);
    let name = &within.organisation.name;
    let outcome = match (user.parse(), role.parse()) {
        (Ok(user), Ok(role)) => {
            roles::invite_to(&app.parts.store, name, (&user, role), &within.by).await.map(|_| ())
        }
        _ => Err(RoleError::Malformed("a name and a role")),
    };
    match outcome {
        Err(RoleError::Denied(denial)) => Ok(roles::denied(denial).into_response()),
        outcome => done(&app, outcome, ("../../", &format!("organisations/{name}"))).await,
    }
}
