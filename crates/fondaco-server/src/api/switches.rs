//! `GET /api/v1/switches`: what is switched off now. `PUT` and `DELETE /api/v1/switches/SWITCH`: sets
//! and lifts one, by who manages; the pages of the desk do the same by the same functions.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{Switch, SwitchKind};
use fondaco_wire::switch_v1::{self, Order};
use serde::Deserialize;
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
    match order {
        Ok(Json(order)) => set_by(&app, &id, order, manager.actor).await,
        Err(_) => Ok(expected()),
    }
}

/// Sets a switch in somebody's name.
pub(crate) async fn set_by(app: &App, id: &str, order: Order, actor: String) -> Result<Response, Trouble> {
    let Some(kind) = SwitchKind::from_id(id) else { return Ok(unknown()) };
    let Order { reason, age, expires_at, issuer } = order;
    let Ok(expires_at) = expires_at.map(|end| end.parse()).transpose() else { return Ok(expected()) };
    let age = age.map(Duration::from_secs);
    let switch = Switch { kind, issuer, age, reason, made_by: actor, made_at: app.now(), expires_at };
    match switches::set(&app.parts.store, &switch, &app.trusted_issuers()).await {
        Ok(()) => Ok(Json(switch_v1::Switch::from(&switch)).into_response()),
        Err(error) => refused(app, error),
    }
}

fn expected() -> Response {
    let hint = r#"e.g. {"reason": "a wave of uploads", "expires_at": "2027-01-31T12:00:00Z"}"#;
    problem(StatusCode::BAD_REQUEST, "a JSON object is expected".to_owned(), Some(hint.to_owned()))
}

/// Which of several of one kind is lifted, and why.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Lifting {
    /// Why.
    pub(crate) reason: String,
    /// The issuer that it counts for.
    pub(crate) issuer: Option<String>,
}

pub(super) async fn lift(
    manager: Manager,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(lifting): Query<Lifting>,
) -> Result<Response, Trouble> {
    lift_by(&app, &id, lifting, manager.actor).await
}

/// Lifts a switch in somebody's name.
pub(crate) async fn lift_by(
    app: &App,
    id: &str,
    lifting: Lifting,
    actor: String,
) -> Result<Response, Trouble> {
    let Some(kind) = SwitchKind::from_id(id) else { return Ok(unknown()) };
    let Lifting { reason, issuer } = lifting;
    let act = Act { by: actor, reason, at: app.now() };
    match switches::lift(&app.parts.store, (kind, issuer.as_deref()), &act).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => refused(app, error),
    }
}

fn unknown() -> Response {
    let known: Vec<&str> = SwitchKind::ALL.into_iter().map(SwitchKind::id).collect();
    not_found("there is no such switch", Some(format!("there are {}", known.join(", "))))
}

fn refused(app: &App, error: SwitchError) -> Result<Response, Trouble> {
    match error {
        SwitchError::Store(error) => Err(error.into()),
        SwitchError::NotSet(_) => Ok(not_found(error.to_string(), None)),
        SwitchError::UnknownIssuer(_) => {
            let hint = format!("there are {:?}", app.trusted_issuers());
            Ok(problem(StatusCode::BAD_REQUEST, error.to_string(), Some(hint)))
        }
        _ => Ok(problem(StatusCode::BAD_REQUEST, error.to_string(), None)),
    }
}
