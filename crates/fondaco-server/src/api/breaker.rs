//! `GET /api/v1/breaker`: what is counted, what is expected and what is held. `PUT` and `DELETE
//! /api/v1/breaker/SWITCH`: has a measure left as it is, and takes one back. `DELETE
//! /api/v1/blocks/KIND/KEY`: takes the block of a key back. By who manages; the pages of the desk do the same
//! by the same functions.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::SwitchKind;
use fondaco_wire::breaker_v1::Pin;
use serde::Deserialize;

use super::not_found;
use crate::app::App;
use crate::breaker::{self, BreakerError};
use crate::manager::Manager;
use crate::names::Act;
use crate::trouble::{Trouble, problem};

pub(super) async fn get(_: Manager, State(app): State<App>) -> Result<Response, Trouble> {
    let state = breaker::state(&app.parts.store, app.now()).await?.shown();
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(state)).into_response())
}

pub(super) async fn pin(
    manager: Manager,
    State(app): State<App>,
    Path(id): Path<String>,
    order: Result<Json<Pin>, JsonRejection>,
) -> Result<Response, Trouble> {
    match order {
        Ok(Json(order)) => pin_by(&app, &id, order, manager.actor).await,
        Err(_) => Ok(expected()),
    }
}

/// Has a measure left as it is, or takes the pin out, in somebody's name.
pub(crate) async fn pin_by(app: &App, id: &str, order: Pin, actor: String) -> Result<Response, Trouble> {
    let Some(kind) = SwitchKind::from_id(id) else { return Ok(unknown()) };
    let Pin { reason, pinned_until } = order;
    let Ok(until) = pinned_until.map(|end| end.parse()).transpose() else { return Ok(expected()) };
    let act = Act { by: actor, reason, at: app.now() };
    answered(breaker::pin(&app.parts.store, kind, until, &act).await)
}

fn expected() -> Response {
    let hint = r#"e.g. {"reason": "our own test", "pinned_until": "2027-01-31T12:00:00Z"}, or null"#;
    problem(StatusCode::BAD_REQUEST, "a JSON object is expected".to_owned(), Some(hint.to_owned()))
}

/// Why something is taken back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Why {
    reason: String,
}

pub(super) async fn reset(
    manager: Manager,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(why): Query<Why>,
) -> Result<Response, Trouble> {
    reset_by(&app, &id, why.reason, manager.actor).await
}

/// Takes a measure back in somebody's name.
pub(crate) async fn reset_by(
    app: &App,
    id: &str,
    reason: String,
    actor: String,
) -> Result<Response, Trouble> {
    let Some(kind) = SwitchKind::from_id(id) else { return Ok(unknown()) };
    answered(breaker::reset(&app.parts.store, kind, &Act { by: actor, reason, at: app.now() }).await)
}

pub(super) async fn unblock(
    manager: Manager,
    State(app): State<App>,
    Path((kind, key)): Path<(String, String)>,
    Query(why): Query<Why>,
) -> Result<Response, Trouble> {
    unblock_by(&app, (&kind, &key), why.reason, manager.actor).await
}

/// Takes the block of a key back in somebody's name.
pub(crate) async fn unblock_by(
    app: &App,
    (kind, key): (&str, &str),
    reason: String,
    actor: String,
) -> Result<Response, Trouble> {
    let Some(kind) = breaker::key_kind(kind) else {
        return Ok(not_found("there is no such kind of key", None));
    };
    let act = Act { by: actor, reason, at: app.now() };
    answered(breaker::unblock(&app.parts.store, (kind, key), &act).await)
}

fn unknown() -> Response {
    not_found("there is no such switch", None)
}

fn answered(outcome: Result<(), BreakerError>) -> Result<Response, Trouble> {
    match outcome {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(BreakerError::Store(error)) => Err(error.into()),
        Err(error @ (BreakerError::NotBlocked(..) | BreakerError::NoMeasure(_))) => {
            Ok(not_found(error.to_string(), None))
        }
        Err(error) => Ok(problem(StatusCode::BAD_REQUEST, error.to_string(), None)),
    }
}
