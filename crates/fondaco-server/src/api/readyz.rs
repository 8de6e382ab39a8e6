//! `GET /readyz`: whether requests can be answered now, and what is in force.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_model::rfc3339;
use serde_json::json;

use crate::app::App;

pub(super) async fn get(State(app): State<App>) -> Response {
    let database = app.parts.store.check().await;
    let blobs = app.parts.blobs.check().await;
    let waiting = app.parts.store.waiting_jobs().await.ok();
    // Once each, for however many issuers.
    let switches: Option<BTreeSet<&str>> = app
        .switches()
        .await
        .ok()
        .map(|switches| switches.in_force(app.now()).map(|switch| switch.kind.id()).collect());
    let causes =
        [database.as_ref().err().map(ToString::to_string), blobs.as_ref().err().map(ToString::to_string)];
    for cause in causes.into_iter().flatten() {
        tracing::error!(cause, "not ready");
    }
    let ready = database.is_ok() && blobs.is_ok();
    let word = |fine: bool| if fine { "ok" } else { "failed" };
    let body = json!({
        "status": if ready { "ready" } else { "not ready" },
        "database": word(database.is_ok()),
        "files": word(blobs.is_ok()),
        "sandbox": app.parts.sandbox,
        "engine": app.engine,
        "upstream": app.parts.layers.default.client.shown(),
        "upstreams": app.parts.layers.sources()
            .map(|source| (source.name.to_string(), source.client.shown().into()))
            .collect::<serde_json::Map<String, serde_json::Value>>(),
        // One that can't be had makes nothing unready: what is known stays in force.
        "feeds": app.feed_states().into_iter().map(|(name, state)| {
            let current_at = state.current_at.map(rfc3339);
            (name, json!({"current_at": current_at, "trouble": state.trouble}))
        }).collect::<serde_json::Map<String, serde_json::Value>>(),
        "waiting_inspections": waiting,
        "switches": switches,
    });
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}
