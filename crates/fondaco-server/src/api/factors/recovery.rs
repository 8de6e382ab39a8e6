//! `POST /api/v1/factor-recovery/cancel` and `/reset`: what somebody does with the links that they got
//! when a reset of their factors was ordered.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::expected;
use crate::app::App;
use crate::factors::{FactorTrouble, object, reset as reset_by};
use crate::visitor::Visitor;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Given {
    link: String,
}

const EXAMPLE: &str = r#"{"link": "what stands behind link= in the mail"}"#;

pub(in crate::api) async fn cancel(
    _: Visitor,
    State(app): State<App>,
    body: Result<Json<Given>, JsonRejection>,
) -> Result<Response, FactorTrouble> {
    let Ok(Json(Given { link })) = body else { return Ok(expected(EXAMPLE)) };
    object(&app, &link).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(in crate::api) async fn reset(
    _: Visitor,
    State(app): State<App>,
    body: Result<Json<Given>, JsonRejection>,
) -> Result<Response, FactorTrouble> {
    let Ok(Json(Given { link })) = body else { return Ok(expected(EXAMPLE)) };
    reset_by(&app, &link).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
