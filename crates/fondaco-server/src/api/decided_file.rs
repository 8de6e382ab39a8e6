//! `GET /api/v1/files/SHA256`: what is known of one content, with its report.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use fondaco_model::{Evidence, FileRecord, Standing, Upload, UpstreamName};
use fondaco_pydist::Sha256;
use fondaco_wire::file_v1::{File, Place, Ruling};

use super::{not_found, refusal};
use crate::app::App;
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::view::stored;

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    Path(raw): Path<String>,
) -> Result<Response, Trouble> {
    let Ok(digest) = raw.parse::<Sha256>() else {
        return Ok(not_found("that is no sha256: 64 hex digits expected", None));
    };
    match file(&app, &reader, digest).await? {
        Some(file) => Ok(Json(file).into_response()),
        None => Ok(not_found("no file with that sha256 is known here", None)),
    }
}

/// What is known of one content, as far as this reader may read; `None` where that is nothing.
pub(crate) async fn file(app: &App, reader: &Reader, digest: Sha256) -> Result<Option<File>, Trouble> {
    let mut records = app.parts.store.files_with(digest).await?;
    records.retain(|record| reader.may_read(app, &record.key.upstream, &record.key.project));
    let evidence = if records.is_empty() {
        rejected(app, reader, digest).await?
    } else {
        of_any(app, reader, &records, digest).await?
    };
    if records.is_empty() && evidence.is_none() {
        return Ok(None);
    }
    let mut places = Vec::new();
    for record in records {
        let key = record.key;
        let view = stored(app, reader, &key.project).await?;
        let view = view.as_ref().filter(|view| view.layer == key.upstream);
        let (decision, reason) =
            match view.and_then(|view| view.file(&key.file_name)).map(|file| &file.standing) {
                Some(Standing::Refused(refusal)) => (refusal.decision.id(), Some(refusal.summary())),
                Some(Standing::Allowed) => ("allow", None),
                Some(Standing::Undecided) | None => ("undecided", None),
            };
        places.push(Place {
            upstream: key.upstream.to_string(),
            project: key.project.to_string(),
            file_name: key.file_name,
            decision,
            reason,
        });
    }
    let rulings = app.parts.store.rulings(Some(digest)).await?;
    Ok(Some(File {
        schema: "fondaco.file/1",
        sha256: digest.to_string(),
        places,
        rulings: rulings.iter().map(Ruling::from).collect(),
        report: evidence.as_ref().and_then(refusal::report),
        inspected_at: evidence.map(|evidence| fondaco_model::rfc3339(evidence.inspected_at)),
    }))
}

/// The newest evidence; of a reader who may not read everything, on what they may: a content may lie
/// under several names, and a report tells the one that it was made of.
async fn of_any(
    app: &App,
    reader: &Reader,
    records: &[FileRecord],
    digest: Sha256,
) -> Result<Option<Evidence>, Trouble> {
    if reader.reads_all(app) {
        return Ok(app.parts.store.newest_evidence(digest).await?);
    }
    for record in records {
        if let Some(evidence) = app.parts.store.evidence_of(&record.key, digest).await? {
            return Ok(Some(evidence));
        }
    }
    Ok(None)
}

/// The evidence on what is no file of any project: an upload that was blocked.
async fn rejected(app: &App, reader: &Reader, digest: Sha256) -> Result<Option<Evidence>, Trouble> {
    let uploads = app.parts.store.uploads_of(digest).await?;
    let evidence = app.parts.store.newest_evidence(digest).await?;
    let mine = |upload: &Upload| reader.may_read(app, &UpstreamName::own(), &upload.project);
    let readable = reader.reads_all(app) || (!uploads.is_empty() && uploads.iter().all(mine));
    Ok(evidence.filter(|_| readable))
}
