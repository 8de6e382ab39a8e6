//! `/account/roles`: what somebody holds, and what they are invited to.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fondaco_model::Invited;
use maud::html;

use super::{Sent, done, read, typed};
use crate::api::roles_told::{Names, memberships};
use crate::app::App;
use crate::roles::{self, Caller, RoleError};
use crate::web::forms::private_page;
use crate::web::page::minutes_of;

/// Where what is sent from here leads back to.
const HERE: &str = "account/roles";

pub(super) async fn get(caller: Caller, State(app): State<App>) -> Result<Response, RoleError> {
    let store = &app.parts.store;
    let projects = roles::projects_of(store, &caller.principal).await?;
    let invited = store.invitations_of(&caller.principal.id, app.now()).await?;
    let invited = Names::of(store).invitations(&invited).await?;
    let body = html! {
        h1 { "Projects and organisations" }
        @if !invited.is_empty() {
            h2 { "You are invited" }
            @for one in &invited {
                p { "To the " (one.kind) " " b { (one.name) } " as " (one.role)
                    ", by " (one.by.as_deref().unwrap_or("an operator of this index"))
                    ", until " (minutes_of(&one.expires_at)) "." }
                form action={ "invitations/" (one.id) "/accept" } method="post" { button { "Accept" } }
                form action={ "invitations/" (one.id) "/decline" } method="post" { button { "Decline" } }
            }
        }
        h2 { "Projects" }
        @if projects.is_empty() { p { "You hold none." } }
        ul { @for (project, role) in &projects {
            li { a href={ "../projects/" (project) "/roles" } { (project) } ": " (role) }
        } }
        h2 { "Organisations" }
        ul { @for one in memberships(&app, &caller).await? {
            li { a href={ "../organisations/" (one.organisation) } { (one.display_name) }
                @if let Some(role) = one.role { ": " (role) } }
        } }
        h2 { "Make an organisation" }
        form action="organisations" method="post" {
            p { label { "Name, lower-case letters, digits and -: "
                input name="name" required maxlength="40" autocomplete="off"; } }
            p { label { "What people call it: " input name="display_name" maxlength="100" autocomplete="off"; } }
            button type="submit" { "Make it" }
        }
    };
    Ok(private_page(&app, StatusCode::OK, "../", ("Projects and organisations", &body)).await?)
}

pub(super) async fn make_organisation(
    caller: Caller,
    State(app): State<App>,
    sent: Sent,
) -> Result<Response, RoleError> {
    let typed = typed(sent);
    let made = async {
        let name = read(&typed.name, "a name of lower-case letters, digits and -")?;
        roles::make_organisation(&app.parts.store, &name, &typed.display_name, &caller.by).await
    };
    let (outcome, back) = match made.await {
        Ok(made) => (Ok(()), format!("organisations/{}", made.name)),
        Err(error) => (Err(error), HERE.to_owned()),
    };
    done(&app, outcome, ("../", &back)).await
}

pub(super) async fn accept(
    caller: Caller,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, RoleError> {
    let outcome = roles::accept(&app, &id, &caller.by).await.map(drop);
    done(&app, outcome, ("../../../", HERE)).await
}

pub(super) async fn decline(
    caller: Caller,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, RoleError> {
    let outcome = roles::decline(&app, &id, &caller.by).await;
    done(&app, outcome, ("../../../", HERE)).await
}

/// Taken back from the page of what it is to, and so it leads there again.
pub(super) async fn withdraw(
    caller: Caller,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, RoleError> {
    let (outcome, back) = match roles::withdraw(&app, &id, &caller.by).await {
        Ok(withdrawn) => match withdrawn.to {
            Invited::Project(project, _) => (Ok(()), format!("projects/{project}/roles")),
            Invited::Organisation(organisation, _) => (Ok(()), format!("organisations/{organisation}")),
        },
        Err(error) => (Err(error), HERE.to_owned()),
    };
    done(&app, outcome, ("../../../", &back)).await
}
