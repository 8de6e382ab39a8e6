//! `GET`, `PUT` and `DELETE /api/v1/account`: one's own account.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_wire::account_v1::{Change, Email, User};
use serde_json::json;

use super::entering::ordered;
use crate::accounts::{self, Denied};
use crate::app::App;
use crate::person::{FreshPerson, Person, Verified};

pub(super) async fn get(person: Person, State(app): State<App>) -> Result<Response, Denied> {
    let emails = app.parts.store.emails(&person.user.id).await?;
    let emails: Vec<Email> = emails.iter().map(Email::from).collect();
    let second_factor = person.session.factor_verified_at.is_some();
    Ok(Json(json!({
        "schema": "fondaco.account/1",
        "account": User::from(&person.user),
        "emails": emails,
        "session": {"id": person.session.id, "second_factor": second_factor,
            "fresh": person.session.is_fresh(app.now())},
    }))
    .into_response())
}

pub(super) async fn put(
    Verified(person): Verified,
    State(app): State<App>,
    order: Result<Json<Change>, JsonRejection>,
) -> Result<Response, Denied> {
    let Change { display_name } = ordered(order)?;
    let user = accounts::set_display_name(&app, &person, &display_name).await?;
    Ok(Json(User::from(&user)).into_response())
}

pub(super) async fn delete(person: FreshPerson, State(app): State<App>) -> Result<Response, Denied> {
    accounts::leave(&app, &person).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
