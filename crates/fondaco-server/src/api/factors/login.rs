//! `POST /api/v1/login/passkey/options`: what `navigator.credentials.get` is given to log in by a passkey
//! alone. `POST /api/v1/login/passkey`: what it gave.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{expected, fresh, with_session};
use crate::app::App;
use crate::factors::{FactorTrouble, log_in, login_options};
use crate::visitor::Visitor;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Given {
    credential: Value,
}

pub(in crate::api) async fn options(_: Visitor, State(app): State<App>) -> Result<Response, FactorTrouble> {
    Ok(fresh(login_options(&app).await?))
}

pub(in crate::api) async fn post(
    visitor: Visitor,
    State(app): State<App>,
    body: Result<Json<Given>, JsonRejection>,
) -> Result<Response, FactorTrouble> {
    let credential = match body {
        Ok(Json(Given { credential })) if credential.is_object() => credential,
        _ => return Ok(expected(r#"{"credential": {"rawId": "...", "response": {}}}"#)),
    };
    let secret = log_in(&app, &visitor, &credential).await?;
    Ok(with_session(&app, StatusCode::OK, json!({"passed": "passkey"}), &secret))
}
