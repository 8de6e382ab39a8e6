//! `GET /api/v1/search?q=TEXT`: projects of this index by a part of their name.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::app::App;
use crate::catalog;
use crate::reader::Reader;
use crate::trouble::{Trouble, problem};

/// Projects in one answer.
const MOST: usize = 100;

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let asked =
        parameters.get("q").map(|text| text.trim()).filter(|text| (1..=100).contains(&text.chars().count()));
    let Some(asked) = asked else {
        let hint = "e.g. /api/v1/search?q=tools".to_owned();
        return Ok(problem(StatusCode::BAD_REQUEST, "q is what to search for".to_owned(), Some(hint)));
    };
    let Found { total, projects } = found((&app, &reader), asked).await?;
    let projects: Vec<Value> = projects
        .into_iter()
        .map(
            |(name, serial)| json!({"name": name, "page": format!("/simple/{name}/"), "last_serial": serial}),
        )
        .collect();
    let body = json!({"schema": "fondaco.search/1", "total": total, "projects": projects});
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(body)).into_response())
}

/// Projects that were found.
pub(crate) struct Found {
    /// How many there are.
    pub(crate) total: usize,
    /// The first of them, each with the last serial that concerns it.
    pub(crate) projects: Vec<(String, u64)>,
}

/// The projects that this reader may read and whose name has this in it: what begins so first, and the shortest of them.
pub(crate) async fn found((app, reader): (&App, &Reader), asked: &str) -> Result<Found, Trouble> {
    // As names are normalised (PEP 503), so that every spelling finds the project.
    let wanted = asked.to_ascii_lowercase().replace(['_', '.', ' '], "-");
    let projects = catalog::current(app).await?;
    let mut found: Vec<(bool, usize, String, u64)> = projects
        .iter()
        .filter(|(name, entry)| {
            name.as_str().contains(&wanted) && catalog::may_read(app, reader, name, **entry)
        })
        .map(|(name, entry)| {
            let name = name.as_str();
            (!name.starts_with(&wanted), name.len(), name.to_owned(), entry.serial)
        })
        .collect();
    found.sort_unstable();
    let total = found.len();
    let projects = found.into_iter().take(MOST).map(|(_, _, name, serial)| (name, serial)).collect();
    Ok(Found { total, projects })
}
