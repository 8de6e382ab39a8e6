//! `GET /api/v1/removed?since=INSTANT` and `GET /rss/removed.xml`: what is served no more, so that
//! mirrors delete it and whoever has installed it is told.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::Timestamp;
use fondaco_wire::removed_v1::{Removals, Removed};
use rss::{Guid, Item};

use super::base;
use super::feed::{channel, rfc2822};
use crate::app::App;
use crate::reader::Reader;
use crate::removals::{self, Removal};
use crate::trouble::{Trouble, problem};

/// Removals in one answer.
const MOST: usize = 10_000;
/// Removals in the RSS feed.
const MOST_IN_RSS: usize = 100;

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let since = match parameters.get("since").map(|text| text.parse::<Timestamp>()) {
        None => Timestamp::MIN,
        Some(Ok(since)) => since,
        Some(Err(_)) => {
            let hint = "e.g. /api/v1/removed?since=2026-01-31T00:00:00Z".to_owned();
            return Ok(problem(
                StatusCode::BAD_REQUEST,
                "since is an RFC 3339 instant".to_owned(),
                Some(hint),
            ));
        }
    };
    let all = removals::all(&app).await?;
    let all: Vec<&Removal> = all.iter().filter(|removal| removal.is_told(&app, &reader)).collect();
    let newer = all.partition_point(|removal| removal.at >= since);
    let body = Removals {
        schema: "fondaco.removed/1",
        total: newer,
        removed: all.iter().take(newer.min(MOST)).map(|removal| removal.told()).collect(),
    };
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(body)).into_response())
}

pub(super) async fn rss(
    reader: Reader,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let base = base(&app, &headers);
    let all = removals::all(&app).await?;
    let item = |removal: &Removal| {
        let told = removal.told();
        let Removed { id, project, file_name, why, sha256, advisory, .. } = told;
        let what = file_name.unwrap_or_else(|| project.clone());
        let link = match (&advisory, &sha256) {
            (Some(id), _) => format!("{base}/v1/vulns/{id}"),
            (None, Some(digest)) => format!("{base}/reports/{digest}"),
            (None, None) => format!("{base}/simple/{project}/"),
        };
        Item {
            guid: Some(Guid { value: id, permalink: false }),
            title: Some(match &advisory {
                Some(known) => format!("{what}: {why} ({known})"),
                None => format!("{what}: {why}"),
            }),
            link: Some(link),
            pub_date: Some(rfc2822(removal.at)),
            ..Item::default()
        }
    };
    let items =
        all.iter().filter(|removal| removal.is_told(&app, &reader)).take(MOST_IN_RSS).map(item).collect();
    Ok(channel("Served no more", "Files that this index serves no more, and why", items, &base))
}
