//! Pages of roles: one's own at `/account/roles`, those of a project, of an organisation and of a team. What
//! they do is done by the functions that the API calls.

mod organisation;
mod own;
mod project;
mod team;

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Response};
use fondaco_wire::roles_v1::{Holder, Invitation};
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::{go, notice, private_page};
use super::page::minutes_of;
use crate::app::App;
use crate::endpoints::{Endpoints, Verb};
use crate::roles::RoleError;

/// The endpoints.
pub(super) fn endpoints(table: Endpoints) -> Endpoints {
    let table = table
        .caller(Verb::Get, "/account/roles", own::get)
        .caller(Verb::Post, "/account/organisations", own::make_organisation)
        .caller(Verb::Post, "/account/invitations/{id}/accept", own::accept)
        .caller(Verb::Post, "/account/invitations/{id}/decline", own::decline)
        .caller(Verb::Post, "/account/invitations/{id}/withdraw", own::withdraw)
        .on_project(Verb::Get, "/projects/{name}/roles", project::get)
        .on_project(Verb::Post, "/projects/{name}/roles", project::set_role)
        .on_project(Verb::Post, "/projects/{name}/invitations", project::invite)
        .on_project(Verb::Post, "/projects/{name}/teams", project::set_team)
        .on_project(Verb::Post, "/projects/{name}/organisation", project::transfer)
        .caller(Verb::Post, "/projects/{name}/leave", project::leave);
    table
        .in_organisation(Verb::Get, "/organisations/{organisation}", organisation::get)
        .in_organisation(Verb::Post, "/organisations/{organisation}/invitations", organisation::invite)
        .in_organisation(Verb::Post, "/organisations/{organisation}/members", organisation::set_member)
        .in_organisation(Verb::Post, "/organisations/{organisation}/leave", organisation::leave)
        .in_organisation(Verb::Post, "/organisations/{organisation}/dissolve", organisation::dissolve)
        .in_organisation(Verb::Post, "/organisations/{organisation}/teams", team::make)
        .in_organisation(Verb::Get, "/organisations/{organisation}/teams/{team}", team::get)
        .in_organisation(Verb::Post, "/organisations/{organisation}/teams/{team}/members", team::add)
        .in_organisation(Verb::Post, "/organisations/{organisation}/teams/{team}/remove", team::remove)
        .in_organisation(Verb::Post, "/organisations/{organisation}/teams/{team}/dissolve", team::dissolve)
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
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    team: String,
    #[serde(default)]
    organisation: String,
}

type Sent = Result<Form<Typed>, FormRejection>;

fn typed(sent: Sent) -> Typed {
    sent.map(|Form(typed)| typed).unwrap_or_default()
}

/// A choice in a form that stands for nothing: no role, no organisation.
const NONE: &str = "none";

/// What was typed as a `T`, or [`NONE`]; empty is neither.
fn or_none<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<Option<T>, RoleError> {
    if text == NONE {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| RoleError::Malformed(what))
}

/// What was typed as a `T`.
fn read<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, RoleError> {
    text.trim().parse().map_err(|_| RoleError::Malformed(what))
}

/// What came of a form: the page again, or a page that says why not.
async fn done(
    app: &App,
    outcome: Result<(), RoleError>,
    (root, back): (&str, &str),
) -> Result<Response, RoleError> {
    let why = match outcome {
        Ok(()) => return Ok(go(root, back)),
        Err(RoleError::Trouble(trouble)) => return Err(trouble.into()),
        Err(RoleError::Malformed(what)) => (format!("this is needed: {what}"), RoleError::Malformed(what)),
        Err(error) => (error.to_string(), error),
    };
    let (said, error) = why;
    let status = error.into_response().status();
    let body = html! {
        h1 { "Nothing was changed" }
        (notice(Some(&said)))
        p { a href={ (root) (back) } { "Back" } }
    };
    Ok(private_page(app, status, root, ("Nothing was changed", &body)).await?)
}

/// People with roles; a form for each role that may be changed here, sent to `action`.
fn people(people: &[Holder], action: Option<(&str, &[&str])>) -> Markup {
    html! {
        table {
            tr { th { "Person" } th { "Role" } @if action.is_some() { th { "Change it" } } }
            @for one in people { tr {
                td { (one.user) } td { (one.role) }
                @if let Some((action, roles)) = action { td {
                    form action=(action) method="post" {
                        input type="hidden" name="user" value=(one.user);
                        select name="role" aria-label={ "Role of " (one.user) } {
                            @for role in roles { option value=(role) selected[*role == one.role] { (role) } }
                            option value=(NONE) { "no role any more" }
                        }
                        button type="submit" { "Set" }
                    }
                } }
            } }
        }
    }
}

/// Open invitations, each with a way to take it back where `withdraw` is the way to one's own account.
fn open(invitations: &[Invitation], withdraw: Option<&str>) -> Markup {
    html! {
        @if !invitations.is_empty() {
            h2 { "Open invitations" }
            table {
                tr { th { "Person" } th { "Role" } th { "By" } th { "Until" } @if withdraw.is_some() { th {} } }
                @for one in invitations {
                    tr {
                        td { (one.user) } td { (one.role) } td { (one.by.as_deref().unwrap_or("an operator")) }
                        td { (minutes_of(&one.expires_at)) }
                        @if let Some(account) = withdraw { td {
                            form action={ (account) "/invitations/" (one.id) "/withdraw" } method="post" {
                                button type="submit" { "Take it back" }
                            }
                        } }
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
