//! `GET /api/v1/bans`: the addresses that get no answer. `PUT` and `DELETE /api/v1/bans/NETWORK`: bans
//! addresses and lifts that. By a token that manages.

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{Ban, IpNet};
use fondaco_wire::breaker_v1::{self, BanOrder};
use serde_json::json;

use super::not_found;
use crate::app::App;
use crate::bans::{self, BanError};
use crate::manager::Manager;
use crate::names::Act;
use crate::trouble::{Trouble, problem};

pub(super) async fn list(_: Manager, State(app): State<App>) -> Result<Response, Trouble> {
    let now = app.now();
    let all = app.bans().await?;
    let in_force = all.iter().filter(|ban| ban.expires_at.is_none_or(|end| now < end));
    let shown: Vec<_> = in_force.map(breaker_v1::Ban::from).collect();
    let body = json!({"schema": "fondaco.bans/1", "bans": shown});
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(body)).into_response())
}

pub(super) async fn set(
    manager: Manager,
    State(app): State<App>,
    Path(network): Path<String>,
    order: Result<Json<BanOrder>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Some(network) = bans::network(&network) else { return Ok(unreadable()) };
    let expected = || {
        let hint = r#"e.g. {"reason": "guesses tokens", "expires_at": "2027-01-31T12:00:00Z"}"#;
        problem(StatusCode::BAD_REQUEST, "a JSON object is expected".to_owned(), Some(hint.to_owned()))
    };
    let Ok(Json(BanOrder { reason, expires_at })) = order else { return Ok(expected()) };
    let Ok(expires_at) = expires_at.map(|end| end.parse()).transpose() else { return Ok(expected()) };
    let ban =
        Ban { network: network.trunc(), reason, made_by: manager.actor, made_at: app.now(), expires_at };
    match bans::set(&app.parts.store, &ban).await {
        Ok(()) => Ok(Json(breaker_v1::Ban::from(&ban)).into_response()),
        Err(error) => refused(error),
    }
}

pub(super) async fn lift(
    manager: Manager,
    State(app): State<App>,
    Path(network): Path<String>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let Some(network): Option<IpNet> = bans::network(&network) else { return Ok(unreadable()) };
    let reason = parameters.get("reason").cloned().unwrap_or_default();
    let act = Act { by: manager.actor, reason, at: app.now() };
    match bans::lift(&app.parts.store, network, &act).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => refused(error),
    }
}

fn unreadable() -> Response {
    let hint = "an address or a network, e.g. 192.0.2.7 or 192.0.2.0%2F24".to_owned();
    not_found("this is no network", Some(hint))
}

fn refused(error: BanError) -> Result<Response, Trouble> {
    match error {
        BanError::Store(error) => Err(error.into()),
        BanError::NotBanned(_) => Ok(not_found(error.to_string(), None)),
        _ => Ok(problem(StatusCode::BAD_REQUEST, error.to_string(), None)),
    }
}
