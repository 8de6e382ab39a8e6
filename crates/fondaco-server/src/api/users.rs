//! `GET` and `POST /api/v1/users`, `PUT /api/v1/users/NAME/state` and `/role`,
//! `DELETE /api/v1/users/NAME`: accounts, by who manages.

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{StaffRole, UserName, UserState};
use fondaco_wire::account_v1::{NewUser, SetRole, SetState, User};
use serde_json::json;

use super::entering::ordered;
use crate::accounts::{self, Denied, NewPerson, PeopleError, Registration};
use crate::app::App;
use crate::manager::Manager;
use crate::names::Act;

impl From<PeopleError> for Denied {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Store(error) => error.into(),
            PeopleError::Inside(text) => crate::trouble::Trouble::Inside(text).into(),
            PeopleError::Unknown(_) => Self::absent(error.to_string()),
            _ => Self::conflict(error.to_string()),
        }
    }
}

fn named(text: &str) -> Result<UserName, Denied> {
    text.parse().map_err(|_| Denied::absent("there is no such account"))
}

fn role(text: Option<String>) -> Result<Option<StaffRole>, Denied> {
    let known = |text: String| {
        StaffRole::from_id(&text).ok_or_else(|| Denied::wrong("a role is admin, reviewer or observer"))
    };
    text.map(known).transpose()
}

fn act(app: &App, manager: Manager, reason: String) -> Result<Act, Denied> {
    if reason.trim().is_empty() || reason.len() > 300 || reason.chars().any(char::is_control) {
        return Err(Denied::wrong("this needs a reason of up to 300 printable characters"));
    }
    Ok(Act { by: manager.actor, reason, at: app.now() })
}

pub(super) async fn list(_: Manager, State(app): State<App>) -> Result<Response, Denied> {
    let users = app.parts.store.users().await?;
    let told: Vec<User> = users.iter().map(User::from).collect();
    Ok(Json(json!({"schema": "fondaco.users/1", "users": told})).into_response())
}

pub(super) async fn add(
    manager: Manager,
    State(app): State<App>,
    order: Result<Json<NewUser>, JsonRejection>,
) -> Result<Response, Denied> {
    let NewUser { name, email, role: wanted } = ordered(order)?;
    if app.parts.settings.accounts.registration == Registration::Closed {
        return Err(Denied::forbidden("accounts are made on the host only"));
    }
    let new = NewPerson {
        name: name
            .parse()
            .map_err(|error: fondaco_model::InvalidUserName| Denied::wrong(error.to_string()))?,
        email: email
            .parse()
            .map_err(|error: fondaco_model::InvalidEmailAddress| Denied::wrong(error.to_string()))?,
        role: role(wanted)?,
    };
    let act = Act { by: manager.actor, reason: String::new(), at: app.now() };
    let (user, link) = accounts::add(&app.parts.store, new, &app.own_url, &act).await?;
    let told = json!({"account": User::from(&user), "link": link});
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::CREATED, no_store, Json(told)).into_response())
}

pub(super) async fn set_state(
    manager: Manager,
    State(app): State<App>,
    Path(name): Path<String>,
    order: Result<Json<SetState>, JsonRejection>,
) -> Result<Response, Denied> {
    let SetState { state, reason } = ordered(order)?;
    let (name, act) = (named(&name)?, act(&app, manager, reason)?);
    match UserState::from_id(&state) {
        Some(UserState::Frozen) => accounts::freeze(&app.parts.store, &name, &act).await?,
        Some(UserState::Active) => accounts::unfreeze(&app.parts.store, &name, &act).await?,
        _ => return Err(Denied::wrong("a state is active or frozen")),
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn set_role(
    manager: Manager,
    State(app): State<App>,
    Path(name): Path<String>,
    order: Result<Json<SetRole>, JsonRejection>,
) -> Result<Response, Denied> {
    let SetRole { role: wanted, reason } = ordered(order)?;
    let (name, act) = (named(&name)?, act(&app, manager, reason)?);
    accounts::set_role(&app.parts.store, &name, role(wanted)?, &act).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn remove(
    manager: Manager,
    State(app): State<App>,
    Path(name): Path<String>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Result<Response, Denied> {
    let reason = parameters.get("reason").cloned().unwrap_or_default();
    let (name, act) = (named(&name)?, act(&app, manager, reason)?);
    accounts::remove(&app.parts.store, &name, &act).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
