//! `POST /api/v1/register`, `/api/v1/verify`, `/api/v1/login`, `/api/v1/reset` and `/api/v1/password`:
//! how one comes to a session, or back to one.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_accounts::Password;
use fondaco_model::rfc3339;
use fondaco_wire::account_v1::{Address, Entered, Link, Login, NewPassword, Register, User};
use serde_json::json;

use crate::accounts::{self, Denied, Order};
use crate::app::App;
use crate::visitor::Visitor;

/// What a body says, where it says what it should. What is wrong with it is not repeated: it may hold a
/// password.
pub(super) fn ordered<T>(order: Result<Json<T>, JsonRejection>) -> Result<T, Denied> {
    match order {
        Ok(Json(order)) => Ok(order),
        Err(_) => Err(Denied::wrong("a JSON object with the fields of this endpoint is expected")
            .hint("GET /api/v1/openapi.json has them")),
    }
}

/// A mail is on its way, or not: the same to everybody.
pub(super) fn sent() -> Response {
    let told = json!({"detail": "if this address can be used, a mail says how to go on"});
    (StatusCode::ACCEPTED, Json(told)).into_response()
}

/// The secret of a session; kept by no cache.
pub(super) fn entered(entered: &accounts::Entered) -> Response {
    let told = Entered {
        session: entered.secret.clone(),
        pending: entered.session.pending,
        expires_at: rfc3339(entered.session.expires_at),
    };
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(told)).into_response()
}

pub(super) async fn register(
    visitor: Visitor,
    State(app): State<App>,
    order: Result<Json<Register>, JsonRejection>,
) -> Result<Response, Denied> {
    let Register { name, email, password, display_name } = ordered(order)?;
    let order = Order { name, email, password: Password::typed(&password), display_name };
    accounts::register(&app, &visitor, order).await?;
    Ok(sent())
}

pub(super) async fn verify(
    _: Visitor,
    State(app): State<App>,
    order: Result<Json<Link>, JsonRejection>,
) -> Result<Response, Denied> {
    let user = accounts::verify_email(&app, &ordered(order)?.link).await?;
    Ok(Json(User::from(&user)).into_response())
}

pub(super) async fn log_in(
    visitor: Visitor,
    State(app): State<App>,
    order: Result<Json<Login>, JsonRejection>,
) -> Result<Response, Denied> {
    let Login { name, password } = ordered(order)?;
    Ok(entered(&accounts::log_in(&app, &visitor, &name, &Password::typed(&password)).await?))
}

pub(super) async fn reset(
    visitor: Visitor,
    State(app): State<App>,
    order: Result<Json<Address>, JsonRejection>,
) -> Result<Response, Denied> {
    accounts::ask_reset(&app, &visitor, &ordered(order)?.email).await?;
    Ok(sent())
}

pub(super) async fn set_password(
    _: Visitor,
    State(app): State<App>,
    order: Result<Json<NewPassword>, JsonRejection>,
) -> Result<Response, Denied> {
    let NewPassword { link, password } = ordered(order)?;
    let user = accounts::set_password_by_link(&app, &link, &Password::typed(&password)).await?;
    Ok(Json(User::from(&user)).into_response())
}
