//! `POST /api/v1/projects/NAME/appeals`: an owner says that something was frozen wrongly. `POST
//! /api/v1/uploads/ID/appeals`: an uploader, that their upload is held or was blocked wrongly. `GET
//! /api/v1/appeals/ID` tells what became of it; reviewers decide.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_pydist::ProjectName;
use fondaco_wire::observation_v1::{Appeal, AppealOrder, AppealVerdict, FrozenThing, UploadAppealOrder};
use serde_json::{Value, json};

use super::not_found;
use super::observations::expected;
use crate::app::App;
use crate::appeals::{self, AppealError, Settled};
use crate::desk_staff::Desk;
use crate::names::Act;
use crate::person::{Observer, Reviewer};
use crate::reporter::Appellant;
use crate::trouble::{Trouble, problem};

pub(super) async fn make(
    appellant: Appellant,
    State(app): State<App>,
    Path(raw): Path<String>,
    order: Result<Json<AppealOrder>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Ok(Json(order)) = order else { return Ok(expected(r#"e.g. {"text": "it is a test's fixture"}"#)) };
    appeal(&app, appellant, &raw, order).await
}

/// Takes an appeal, from the API or a page.
pub(crate) async fn appeal(
    app: &App,
    appellant: Appellant,
    raw: &str,
    order: AppealOrder,
) -> Result<Response, Trouble> {
    let project = raw.parse::<ProjectName>().ok();
    let owned = match &project {
        Some(project) => appellant.owns(app, project).await?,
        None => false,
    };
    let Some(project) = project.filter(|_| owned) else {
        return Ok(not_found("you own no such project", None));
    };
    let act = Act { by: appellant.by.name.clone(), reason: order.text, at: app.now() };
    let about = (&project, order.act.as_deref());
    Ok(match appeals::appeal(app, about, appellant.by, &act).await {
        Ok(made) => accepted(&made),
        Err(error) => refused(&error.into_trouble()?),
    })
}

pub(super) async fn make_for_upload(
    appellant: Appellant,
    State(app): State<App>,
    Path(id): Path<String>,
    order: Result<Json<UploadAppealOrder>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Ok(Json(order)) = order else { return Ok(expected(r#"e.g. {"text": "it is a test's fixture"}"#)) };
    appeal_upload(&app, appellant, &id, order).await
}

/// Takes an appeal against what became of an upload, from the API or a page.
pub(crate) async fn appeal_upload(
    app: &App,
    appellant: Appellant,
    id: &str,
    order: UploadAppealOrder,
) -> Result<Response, Trouble> {
    let upload = match app.parts.store.upload(id).await? {
        Some(upload) if appellant.uploaded(app, &upload).await? => upload,
        _ => return Ok(not_found("you have made no such upload", None)),
    };
    let act = Act { by: appellant.by.name.clone(), reason: order.text, at: app.now() };
    Ok(match appeals::appeal_upload(app, &upload, appellant.by, &act).await? {
        Ok(made) => accepted(&made),
        Err(error) => refused(&error),
    })
}

fn accepted(made: &fondaco_model::Appeal) -> Response {
    (StatusCode::ACCEPTED, Json(told(made))).into_response()
}

fn told(one: &fondaco_model::Appeal) -> Value {
    json!({"schema": "fondaco.appeal/1", "appeal": Appeal::from(one)})
}

/// One of an owner's own.
pub(super) async fn one(
    appellant: Appellant,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let found = app.parts.store.appeal(&id).await?;
    match found.filter(|one| one.made_by.account == appellant.by.account) {
        Some(one) => Ok(Json(told(&one)).into_response()),
        None => Ok(not_found("you have made no such appeal", None)),
    }
}

/// Every open appeal, for staff.
pub(super) async fn open(_: Desk<Observer>, State(app): State<App>) -> Result<Response, Trouble> {
    let all = app.parts.store.appeals(None, true).await?;
    let shown: Vec<Appeal> = all.iter().map(Appeal::from).collect();
    Ok(Json(json!({"schema": "fondaco.appeals/1", "appeals": shown})).into_response())
}

pub(super) async fn decide(
    reviewer: Desk<Reviewer>,
    State(app): State<App>,
    Path(id): Path<String>,
    order: Result<Json<AppealVerdict>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Ok(Json(order)) = order else { return Ok(expected(r#"e.g. {"granted": true, "note": "..."}"#)) };
    Ok(match settle(&app, &id, &order, &reviewer.actor).await? {
        Ok(body) => Json(body).into_response(),
        Err(response) => response,
    })
}

/// Decides an appeal, from the API or a page.
pub(crate) async fn settle(
    app: &App,
    id: &str,
    order: &AppealVerdict,
    by: &str,
) -> Result<Result<Value, Response>, Trouble> {
    let act = Act { by: by.to_owned(), reason: order.note.clone(), at: app.now() };
    match appeals::decide(&app.parts.store, id, order.granted, &act).await {
        Ok(Settled { appeal, freed, ruling }) => {
            let mut body = told(&appeal);
            body["freed"] = json!(freed.iter().map(FrozenThing::from).collect::<Vec<_>>());
            body["ruling"] = json!(ruling);
            Ok(Ok(body))
        }
        Err(error) => Ok(Err(refused(&error.into_trouble()?))),
    }
}

fn refused(error: &AppealError) -> Response {
    let status = match error {
        AppealError::NothingFrozen(_) | AppealError::NothingHeld(_) | AppealError::AlreadyOpen(_) => {
            StatusCode::CONFLICT
        }
        AppealError::NotOpen(_) => StatusCode::NOT_FOUND,
        AppealError::OwnAppeal => StatusCode::FORBIDDEN,
        AppealError::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::BAD_REQUEST,
    };
    problem(status, error.to_string(), None)
}
