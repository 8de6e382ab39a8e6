//! `POST /api/v1/account/factors/totp`: a secret for an authenticator app. `POST .../totp/confirm`: a
//! code of it, which adds the app. `DELETE .../totp`: takes it away.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::{added, expected, fresh};
use crate::app::App;
use crate::factors::{FactorTrouble, Removed, confirm_totp, offer_totp, remove};
use crate::person::{Enrolling, FreshPerson};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Code {
    code: String,
}

pub(in crate::api) async fn offer(
    Enrolling(person): Enrolling,
    State(app): State<App>,
) -> Result<Response, FactorTrouble> {
    let offer = offer_totp(&app, &person).await?;
    Ok(fresh(json!({"secret": offer.secret, "uri": offer.uri, "qr_svg": offer.qr})))
}

pub(in crate::api) async fn confirm(
    Enrolling(person): Enrolling,
    State(app): State<App>,
    body: Result<Json<Code>, JsonRejection>,
) -> Result<Response, FactorTrouble> {
    let Ok(Json(Code { code })) = body else { return Ok(expected(r#"{"code": "123456"}"#)) };
    let made = confirm_totp(&app, &person, &code).await?;
    Ok(added(&app, json!({}), &made))
}

pub(in crate::api) async fn delete(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
) -> Result<Response, FactorTrouble> {
    remove(&app, &person, Removed::Totp).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
