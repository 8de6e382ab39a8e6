//! `POST /api/v1/projects/NAME/appeals`: an owner says that something was frozen wrongly. `GET
//! /api/v1/appeals/ID` tells what became of it; reviewers decide.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_pydist::ProjectName;
use fondaco_wire::observation_v1::{Appeal, AppealOrder, AppealVerdict, FrozenThing};
use serde_json::{Value, json};

use super::not_found;
use super::observations::expected;
use crate::app::App;
use crate::appeals::{self, AppealError};
use crate::desk_staff::Desk;
use crate::freezes::FreezeError;
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
    match appeals::appeal(&app.parts.store, about, appellant.by, &act).await {
        Ok(made) => Ok((StatusCode::ACCEPTED, Json(told(&made))).into_response()),
        Err(error) => refused(error),
    }
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
        Ok((appeal, freed)) => {
            let mut body = told(&appeal);
            body["freed"] = json!(freed.iter().map(FrozenThing::from).collect::<Vec<_>>());
            Ok(Ok(body))
        }
        Err(error) => refused(error).map(Err),
    }
}

fn refused(error: AppealError) -> Result<Response, Trouble> {
    let status = match error {
        AppealError::Store(error) | AppealError::Freeze(FreezeError::Store(error)) => {
            return Err(error.into());
        }
        AppealError::Freeze(_) => return Err(Trouble::Inside(error.to_string())),
        AppealError::NothingFrozen(_) | AppealError::AlreadyOpen => StatusCode::CONFLICT,
        AppealError::NotOpen(_) => StatusCode::NOT_FOUND,
        AppealError::NoText | AppealError::NoReason => StatusCode::BAD_REQUEST,
    };
    Ok(problem(status, error.to_string(), None))
}
