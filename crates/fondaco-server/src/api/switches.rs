//! `GET /api/v1/switches`: what is switched off now. `PUT` and `DELETE /api/v1/switches/SWITCH`: sets
//! and lifts one, by a token that manages.

use std::collections::HashMap;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{Switch, SwitchKind};
use fondaco_wire::switch_v1::{self, Order};
use serde_json::json;

use super::not_found;
use crate::app::App;
use crate::manager::Manager;
use crate::names::Act;
use crate::switches::{self, SwitchError};
use crate::trouble::{Trouble, problem};

pub(super) async fn list(State(app): State<App>) -> Result<Response, Trouble> {
    let switches = app.switches().await?;
    let shown: Vec<_> = switches.in_force(app.now()).map(switch_v1::Switch::from).collect();
    let body = json!({"schema": "fondaco.switches/1", "switches": shown});
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))], Json(body)).into_response())
}

pub(super) async fn set(
    manager: Manager,
    State(app): State<App>,
    Path(id): Path<String>,
    order: Result<Json<Order>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Some(kind) = SwitchKind::from_id(&id) else { return Ok(unknown()) };
    let expected = || {
        let hint = r#"e.g. {"reason": "a wave of uploads", "expires_at": "2027-01-31T12:00:00Z"}"#;
        problem(StatusCode::BAD_REQUEST, "a JSON object is expected".to_owned(), Some(hint.to_owned()))
    };
    let Ok(Json(Order { reason, age, expires_at })) = order else { return Ok(expected()) };
    let Ok(expires_at) = expires_at.map(|end| end.parse()).transpose() else { return Ok(expected()) };
    let age = age.map(Duration::from_secs);
    let switch = Switch { kind, age, reason, made_by: manager.actor, made_at: app.now(), expires_at };
    match switches::set(&app.parts.store, &switch).await {
        Ok(()) => Ok(Json(switch_v1::Switch::from(&switch)).into_response()),
        Err(error) => refused(error),
    }
}

pub(super) async fn lift(
    manager: Manager,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let Some(kind) = SwitchKind::from_id(&id) else { return Ok(unknown()) };
    let reason = parameters.get("reason").cloned().unwrap_or_default();
    match switches::lift(&app.parts.store, kind, &Act { by: manager.actor, reason, at: app.now() }).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => refused(error),
    }
}

fn unknown() -> Response {
    let known: Vec<&str> = SwitchKind::ALL.into_iter().map(SwitchKind::id).collect();
    not_found("there is no such switch", Some(format!("there are {}", known.join(", "))))
}

fn refused(error: SwitchError) -> Result<Response, Trouble> {
    match error {
        SwitchError::Store(error) => Err(error.into()),
        SwitchError::NotSet(_) => Ok(not_found(error.to_string(), None)),
        _ => Ok(problem(StatusCode::BAD_REQUEST, error.to_string(), None)),
    }
}
