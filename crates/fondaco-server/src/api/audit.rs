//! `GET /api/v1/audit?after=PLACE&since=INSTANT&limit=N`: who did what, for staff.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::Timestamp;
use fondaco_store::AuditWanted;
use fondaco_wire::journal_v1::Audited;
use serde_json::json;

use crate::app::App;
use crate::desk_staff::Desk;
use crate::person::Observer;
use crate::trouble::{Trouble, problem};

/// Events in one answer.
const MOST: u32 = 1000;

pub(super) async fn get(
    _: Desk<Observer>,
    State(app): State<App>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let number = |name: &str, otherwise: u64| {
        parameters.get(name).map_or(Some(otherwise), |text| text.parse::<u64>().ok())
    };
    let since = parameters.get("since").map_or(Some(Timestamp::MIN), |text| text.parse().ok());
    let (Some(after), Some(limit), Some(since)) = (number("after", 0), number("limit", 100), since) else {
        let hint = "e.g. /api/v1/audit?after=120&limit=50&since=2026-01-31T00:00:00Z".to_owned();
        return Ok(problem(
            StatusCode::BAD_REQUEST,
            "after and limit are numbers, since is an RFC 3339 instant".to_owned(),
            Some(hint),
        ));
    };
    let limit = u32::try_from(limit).unwrap_or(MOST).clamp(1, MOST);
    let head = app.parts.store.audit_head().await?;
    let records = app.parts.store.audit_since(AuditWanted { after, since, limit }).await?;
    let events: Vec<Audited> = records.iter().map(Audited::from).collect();
    let body = json!({"schema": "fondaco.audit/1", "head": head.to_string(), "events": events});
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(body)).into_response())
}
