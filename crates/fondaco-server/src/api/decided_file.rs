//! `GET /api/v1/files/SHA256`: what is known of one content, with its report.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use fondaco_model::Standing;
use fondaco_pydist::Sha256;
use fondaco_wire::file_v1::{File, Place, Ruling};

use super::{not_found, refusal};
use crate::app::App;
use crate::trouble::Trouble;
use crate::view::view_of_any;

pub(super) async fn get(State(app): State<App>, Path(raw): Path<String>) -> Result<Response, Trouble> {
    let Ok(digest) = raw.parse::<Sha256>() else {
        return Ok(not_found("that is no sha256: 64 hex digits expected", None));
    };
    match file(&app, digest).await? {
        Some(file) => Ok(Json(file).into_response()),
        None => Ok(not_found("no file with that sha256 is known here", None)),
    }
}

/// What is known of one content; `None` where nothing is.
pub(crate) async fn file(app: &App, digest: Sha256) -> Result<Option<File>, Trouble> {
    let records = app.parts.store.files_with(digest).await?;
    let evidence = app.parts.store.newest_evidence(digest).await?;
    if records.is_empty() && evidence.is_none() {
        return Ok(None);
    }
    let mut places = Vec::new();
    for record in records {
        let key = record.key;
        let view = view_of_any(app, &key.project).await?;
        let (decision, reason) =
            match view.file(&key.file_name).filter(|_| view.layer == key.upstream).map(|file| &file.standing)
            {
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
