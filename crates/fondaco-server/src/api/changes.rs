//! `GET /api/v1/changes?since=SERIAL`: what changed on the index, in order, for mirrors.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_wire::journal_v1::Entry;
use serde_json::json;

use crate::app::App;
use crate::changelog::{self, Told};
use crate::reader::Reader;
use crate::trouble::{Trouble, problem};

/// Entries in one answer.
const MOST: u32 = 5_000;

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let since = parameters.get("since").map_or(Ok(0), |since| since.parse::<u64>());
    let Ok(since) = since else {
        return Ok(problem(StatusCode::BAD_REQUEST, "since is a serial: a number".to_owned(), None));
    };
    let Told { entries, next } = changelog::since(&app, &reader, since, MOST).await?;
    let shown: Vec<Entry> = entries.iter().map(Entry::from).collect();
    let last = app.parts.store.last_serial().await?;
    let body = json!({"schema": "fondaco.changes/1", "last_serial": last, "next": next, "changes": shown});
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))], Json(body)).into_response())
}
