//! `GET /api/v1/desk`: what waits for a reviewer. `GET /api/v1/desk/projects/NAME`: what there is to
//! know of a project before one decides. `POST /api/v1/projects/NAME/review`: what a reviewer does.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{Scope, Standing, rfc3339};
use fondaco_pydist::ProjectName;
use fondaco_store::ObservationsWanted;
use fondaco_wire::journal_v1::{Audited, Fetched};
use fondaco_wire::observation_v1::{Appeal, Freeze, Observation, Review};
use fondaco_wire::upload_v1::PastUpload;
use serde::Serialize;
use serde_json::json;

use super::not_found;
use super::observations::{expected, scope};
use crate::app::App;
use crate::desk::{self, ReviewError};
use crate::desk_staff::Desk;
use crate::lifecycle::LifecycleError;
use crate::observations::fetched_by;
use crate::person::{Observer, Reviewer};
use crate::reader::Reader;
use crate::rulings::RulingError;
use crate::trouble::{Trouble, problem};
use crate::view::stored;

/// Audit events about a project that are shown.
const EVENTS: u32 = 100;
/// Uploads to a project that are shown, the newest.
const UPLOADS: u32 = 100;

pub(super) async fn queue(_: Desk<Observer>, State(app): State<App>) -> Result<Response, Trouble> {
    let body = json!({"schema": "fondaco.desk/1", "queue": desk::queue(&app).await?});
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(body)).into_response())
}

/// What there is to know of a project.
#[derive(Debug, Serialize)]
pub(crate) struct Item {
    schema: &'static str,
    pub(crate) project: String,
    pub(crate) files: Vec<ItemFile>,
    pub(crate) quarantines: Vec<ItemQuarantine>,
    pub(crate) acts: Vec<Freeze>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) appeals: Vec<Appeal>,
    pub(crate) uploads: Vec<PastUpload>,
    pub(crate) fetched_by: Vec<Fetched>,
    pub(crate) fetched_known_since: Option<String>,
    pub(crate) events: Vec<Audited>,
}

/// One file.
#[derive(Debug, Serialize)]
pub(crate) struct ItemFile {
    pub(crate) file_name: String,
    pub(crate) release: String,
    pub(crate) sha256: Option<String>,
    pub(crate) size: Option<u64>,
    pub(crate) decision: &'static str,
    pub(crate) reason: Option<String>,
}

/// One quarantine.
#[derive(Debug, Serialize)]
pub(crate) struct ItemQuarantine {
    pub(crate) release: Option<String>,
    pub(crate) file_name: Option<String>,
    pub(crate) reason: String,
    pub(crate) made_by: String,
}

/// Gathers it; `None` where nothing of the project is known here.
pub(crate) async fn item(app: &App, project: &ProjectName) -> Result<Option<Item>, Trouble> {
    let store = &app.parts.store;
    let view = stored(app, &Reader::Index, project).await?;
    let mut files = Vec::new();
    for file in view.iter().flat_map(|view| &view.files) {
        let (decision, reason) = match &file.standing {
            Standing::Allowed => ("allow", None),
            Standing::Undecided => ("undecided", None),
            Standing::Refused(refusal) => (refusal.decision.id(), Some(refusal.summary())),
        };
        files.push(ItemFile {
            file_name: file.record.key.file_name.clone(),
            release: file.record.release.clone(),
            sha256: file.record.sha256.map(|digest| digest.to_string()),
            size: file.record.size,
            decision,
            reason,
        });
    }
    let whole = Scope { project: project.clone(), release: None, file_name: None };
    let quarantine = |one: fondaco_model::Quarantine| ItemQuarantine {
        release: one.scope.release,
        file_name: one.scope.file_name,
        reason: one.reason,
        made_by: one.made_by,
    };
    let wanted = ObservationsWanted { project: Some(project), ..ObservationsWanted::default() };
    let item = Item {
        schema: "fondaco.desk-item/1",
        project: project.to_string(),
        files,
        quarantines: store.quarantines_of(project).await?.into_iter().map(quarantine).collect(),
        acts: store.freezes_of(project).await?.iter().map(Freeze::from).collect(),
        observations: store.observations(wanted).await?.iter().map(Observation::for_staff).collect(),
        appeals: store.appeals(Some(project), false).await?.iter().map(Appeal::from).collect(),
        uploads: uploads(app, project).await?,
        fetched_by: fetched_by(store, &whole).await?,
        fetched_known_since: store.downloads_known_since().await?.map(rfc3339),
        events: store.audit_of(project, EVENTS).await?.iter().map(Audited::from).collect(),
    };
    // A first upload that was blocked has made no project, and its uploader may appeal all the same.
    let said = !item.observations.is_empty() || !item.appeals.is_empty() || !item.uploads.is_empty();
    let empty = item.files.is_empty() && item.quarantines.is_empty() && !said;
    Ok(Some(item).filter(|_| !empty))
}

/// The newest uploads to a project, each with what is other about who uploaded than before.
async fn uploads(app: &App, project: &ProjectName) -> Result<Vec<PastUpload>, Trouble> {
    let store = &app.parts.store;
    let mut uploads = Vec::new();
    for upload in store.uploads_to(project, UPLOADS).await? {
        let facts = store.upload_facts(&upload.id).await?;
        uploads.push(PastUpload::new(upload, facts));
    }
    Ok(uploads)
}

pub(super) async fn one(
    _: Desk<Observer>,
    State(app): State<App>,
    Path(raw): Path<String>,
) -> Result<Response, Trouble> {
    let found = match raw.parse() {
        Ok(project) => item(&app, &project).await?,
        Err(_) => None,
    };
    Ok(found.map_or_else(
        || not_found("nothing of that project is known here", None),
        |item| Json(item).into_response(),
    ))
}

pub(super) async fn review(
    reviewer: Desk<Reviewer>,
    State(app): State<App>,
    Path(raw): Path<String>,
    order: Result<Json<Review>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Ok(Json(order)) = order else {
        return Ok(expected(r#"e.g. {"act": "quarantine", "reason": "..."}"#));
    };
    Ok(match act(&app, &raw, &order, &reviewer.actor).await? {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(response) => response,
    })
}

/// Does what a reviewer has decided, from the API or a page.
pub(crate) async fn act(
    app: &App,
    raw: &str,
    order: &Review,
    by: &str,
) -> Result<Result<(), Response>, Trouble> {
    let Some(scope) = scope(raw, order.version.as_deref(), order.file_name.as_deref()) else {
        return Ok(Err(not_found("there is no such project, release or file", None)));
    };
    match desk::review(app, &scope, order, by).await {
        Ok(()) => Ok(Ok(())),
        Err(
            ReviewError::Ruling(RulingError::Store(error))
            | ReviewError::Lifecycle(LifecycleError::Store(error)),
        ) => Err(error.into()),
        Err(ReviewError::Lifecycle(LifecycleError::Freeze(error))) => Err(Trouble::Inside(error.to_string())),
        Err(error) => Ok(Err(problem(StatusCode::BAD_REQUEST, error.to_string(), None))),
    }
}
