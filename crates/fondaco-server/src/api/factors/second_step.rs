//! `POST /api/v1/login/second-step`: the second factor after the password. `POST .../options`: what
//! `navigator.credentials.get` is given for that.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{expected, fresh, with_session};
use crate::app::App;
use crate::factors::{FactorTrouble, Shown, second_step, second_step_options};
use crate::person::Pending;

/// One of the three.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(in crate::api) enum Given {
    Code(String),
    RecoveryCode(String),
    Credential(Value),
}

pub(in crate::api) async fn options(
    Pending(person): Pending,
    State(app): State<App>,
) -> Result<Response, FactorTrouble> {
    Ok(fresh(second_step_options(&app, &person).await?))
}

pub(in crate::api) async fn post(
    Pending(person): Pending,
    State(app): State<App>,
    body: Result<Json<Given>, JsonRejection>,
) -> Result<Response, FactorTrouble> {
    let Ok(Json(given)) = body else {
        return Ok(expected(r#"{"code": "123456"}, {"recovery_code": "..."} or {"credential": {}}"#));
    };
    let shown = match &given {
        Given::Code(code) => Shown::Totp(code),
        Given::RecoveryCode(code) => Shown::Recovery(code),
        Given::Credential(credential) => Shown::Passkey(credential),
    };
    let (passed, secret) = second_step(&app, &person, shown).await?;
    Ok(with_session(&app, StatusCode::OK, json!({"passed": passed.id()}), &secret))
}
