//! `GET /api/v1/uploads/ID`: what became of an upload. The id is random: who knows it uploaded.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{Standing, UpstreamName, rfc3339};
use fondaco_verdict::Decision;
use fondaco_wire::upload_v1::Upload;

use super::{base, not_found};
use crate::app::App;
use crate::desk_staff::SeesReview;
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::view::stored;

pub(super) async fn get(
    reader: Reader,
    SeesReview(sees_review): SeesReview,
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let absent = || not_found("there is no such upload", None);
    let Some(upload) = app.parts.store.upload(&id).await? else { return Ok(absent()) };
    // Also where the name was lifted since: what was uploaded here was ours.
    if !reader.may_read(&app, &UpstreamName::own(), &upload.project) {
        return Ok(absent());
    }
    let view = stored(&app, &Reader::Index, &upload.project).await?;
    let file = view.as_ref().filter(|view| view.layer.is_own() && upload.taken).and_then(|view| {
        view.file(&upload.file_name).filter(|file| file.record.sha256 == Some(upload.sha256))
    });
    let (state, reason) = match file.map(|file| &file.standing) {
        _ if !upload.taken => ("blocked", Some("blocked by Fondaco when it was uploaded".to_owned())),
        None => ("deleted", None),
        Some(Standing::Allowed) => ("allowed", None),
        Some(Standing::Undecided) => ("undecided", None),
        Some(Standing::Refused(refusal)) => {
            let state = if refusal.decision == Decision::Block { "blocked" } else { "held" };
            (state, Some(refusal.summary()))
        }
    };
    let facts = match sees_review {
        true => Some(app.parts.store.upload_facts(&upload.id).await?.into_iter().map(Into::into).collect()),
        false => None,
    };
    let body = Upload {
        schema: "fondaco.upload/1",
        report: format!("{}/reports/{}", base(&app, &headers), upload.sha256),
        id: upload.id,
        project: upload.project.to_string(),
        version: upload.version.to_string(),
        file_name: upload.file_name,
        sha256: upload.sha256.to_string(),
        uploaded_at: rfc3339(upload.uploaded_at),
        state,
        reason,
        facts,
    };
    let fresh = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((fresh, Json(body)).into_response())
}
