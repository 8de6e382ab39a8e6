//! `GET` and `DELETE /api/v1/account/sessions`, `DELETE /api/v1/account/sessions/ID`,
//! `POST /api/v1/logout`: one's own sessions.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_wire::account_v1::Session;
use serde_json::json;

use crate::accounts::{self, Denied};
use crate::app::App;
use crate::person::Person;

pub(super) async fn list(person: Person, State(app): State<App>) -> Result<Response, Denied> {
    let sessions = accounts::in_force(&app, &person).await?;
    let told: Vec<Session> =
        sessions.iter().map(|session| Session::told(session, &person.session.id)).collect();
    Ok(Json(json!({"schema": "fondaco.sessions/1", "sessions": told})).into_response())
}

pub(super) async fn end_others(person: Person, State(app): State<App>) -> Result<Response, Denied> {
    let ended = accounts::end_others(&app, &person).await?;
    Ok(Json(json!({"ended": ended})).into_response())
}

pub(super) async fn end(
    person: Person,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Denied> {
    accounts::end_session(&app, &person, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn log_out(person: Person, State(app): State<App>) -> Result<Response, Denied> {
    accounts::log_out(&app, &person).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
