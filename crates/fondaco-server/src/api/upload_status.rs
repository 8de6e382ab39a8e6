//! `GET /api/v1/uploads/ID`: what became of an upload. The id is random: who knows it uploaded.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{Appeal, UpstreamName, rfc3339};
use fondaco_wire::observation_v1::AppealState;
use fondaco_wire::upload_v1::Upload;

use super::{base, not_found};
use crate::app::App;
use crate::desk_staff::SeesReview;
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::uploads::UploadStatus;

pub(super) async fn get(
    reader: Reader,
    SeesReview(sees_review): SeesReview,
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let absent = || not_found("there is no such upload", None);
    let Some(upload) = known(&app, &reader, &id).await? else { return Ok(absent()) };
    let status = UploadStatus::of(&app, &upload).await?;
    let appeal = app.parts.store.appeal_of_upload(&upload.id).await?;
    let appealable = is_appealable(&status, appeal.as_ref());
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
        state: status.state,
        reason: status.reason,
        appealable,
        appeal: appeal.as_ref().map(AppealState::from),
        facts,
    };
    let fresh = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((fresh, Json(body)).into_response())
}

/// An upload of which a reader may know.
pub(crate) async fn known(
    app: &App,
    reader: &Reader,
    id: &str,
) -> Result<Option<fondaco_model::Upload>, Trouble> {
    let upload = app.parts.store.upload(id).await?;
    // Also where the name was lifted since: what was uploaded here was ours.
    Ok(upload.filter(|upload| reader.may_read(app, &UpstreamName::own(), &upload.project)))
}

/// Whether an appeal would be taken now: there is something to be decided, and it does not wait already.
pub(crate) fn is_appealable(status: &UploadStatus, newest: Option<&Appeal>) -> bool {
    status.no_appeal.is_none() && newest.is_none_or(|appeal| appeal.decision.is_some())
}
