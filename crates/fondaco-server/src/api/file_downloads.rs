//! `GET /api/v1/files/SHA256/downloads`: who was served a content, for staff. Whom to warn when it
//! turns out bad.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::rfc3339;
use fondaco_pydist::Sha256;
use fondaco_wire::journal_v1::Fetched;
use serde_json::json;

use super::not_found;
use crate::app::App;
use crate::desk_staff::Desk;
use crate::observations::served_earlier;
use crate::person::Observer;
use crate::trouble::Trouble;

/// Downloads that are looked through, the newest.
const MOST: u32 = 1_000_000;

pub(super) async fn get(
    _: Desk<Observer>,
    State(app): State<App>,
    Path(raw): Path<String>,
) -> Result<Response, Trouble> {
    let Ok(digest) = raw.parse::<Sha256>() else {
        return Ok(not_found("that is no sha256: 64 hex digits expected", None));
    };
    let store = &app.parts.store;
    let downloads = store.downloads(Some(digest), MOST).await?;
    if downloads.is_empty()
        && !store.was_content_served(digest).await?
        && store.files_with(digest).await?.is_empty()
    {
        return Ok(not_found("no file with that sha256 is known here", None));
    }
    let clients = Fetched::by_client(downloads);
    let body = json!({
        "schema": "fondaco.downloads/1",
        "sha256": digest.to_string(),
        "known_since": store.downloads_known_since().await?.map(rfc3339),
        "fetched_by": clients,
        "served_earlier": served_earlier(store, digest).await?,
    });
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(body)).into_response())
}
