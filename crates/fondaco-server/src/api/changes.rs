//! `GET /api/v1/changes?since=SERIAL`: what changed on the index, in order, for mirrors.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{JournalEntry, JournalKind, UpstreamName};
use fondaco_pydist::ProjectName;
use fondaco_wire::journal_v1::Entry;
use serde_json::json;

use crate::app::App;
use crate::layers;
use crate::reader::Reader;
use crate::trouble::{Trouble, problem};
use crate::view::stored;

/// Entries in one answer.
const MOST: u32 = 5_000;

async fn is_public(
    app: &App,
    reader: &Reader,
    project: &ProjectName,
    entry: &JournalEntry,
) -> Result<bool, Trouble> {
    let own = layers::is_own(app, project).await?;
    // A name that was lifted has entries from when it was ours, and others: both have to be read.
    let layers = [layers::layer(app, project, own), UpstreamName::own()];
    let was_ours = own || app.parts.store.was_own(project).await?;
    if !layers.iter().take(if was_ours { 2 } else { 1 }).all(|layer| reader.may_read(app, layer, project)) {
        return Ok(false);
    }
    if entry.kind == JournalKind::FileDeleted || !own {
        return Ok(true);
    }
    let Some(view) = stored(app, reader, project).await? else { return Ok(false) };
    let listed = |name: &String| view.listed().any(|(file, _)| file.record.key.file_name == *name);
    Ok(view.is_there() && entry.file_name.as_ref().is_none_or(listed))
}

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let since = parameters.get("since").map_or(Ok(0), |since| since.parse::<u64>());
    let Ok(since) = since else {
        return Ok(problem(StatusCode::BAD_REQUEST, "since is a serial: a number".to_owned(), None));
    };
    let entries = app.parts.store.journal_since(since, MOST).await?;
    let next = entries.last().map_or(since, |entry| entry.serial);
    let mut shown = Vec::new();
    for entry in &entries {
        // What is ours and not served is told to nobody; its change of standing has an entry of
        // its own, and a deletion is what mirrors have to know.
        let public = match &entry.project {
            _ if entry.kind == JournalKind::UploadBlocked => false,
            Some(project) => is_public(&app, &reader, project, entry).await?,
            None => true,
        };
        if public {
            shown.push(Entry::from(entry));
        }
    }
    let last = app.parts.store.last_serial().await?;
    let body = json!({"schema": "fondaco.changes/1", "last_serial": last, "next": next, "changes": shown});
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))], Json(body)).into_response())
}
