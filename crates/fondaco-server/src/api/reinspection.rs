//! `GET /api/v1/reinspection`: what a newer engine found in the files that are stored, and who was
//! served those that turn worse. `PUT` lets it count.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_wire::reinspection_v1::{Order, Wanted};

use super::not_found;
use crate::app::App;
use crate::manager::Manager;
use crate::names::Act;
use crate::reinspection::{self, ReinspectionError};
use crate::trouble::{Trouble, problem};

pub(super) async fn get(_: Manager, State(app): State<App>) -> Result<Response, Trouble> {
    let Some(run) = reinspection::told(&app.parts.store).await? else {
        return Ok(not_found("no engine but this one has inspected what is stored", None));
    };
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(run)).into_response())
}

pub(super) async fn set(
    manager: Manager,
    State(app): State<App>,
    order: Result<Json<Order>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Ok(Json(Order { state: Wanted::Approved, reason })) = order else {
        let hint = r#"e.g. {"state": "approved", "reason": "looked through"}"#.to_owned();
        return Ok(problem(StatusCode::BAD_REQUEST, "a JSON object is expected".to_owned(), Some(hint)));
    };
    let act = Act { by: manager.actor, reason, at: app.now() };
    match reinspection::approve(&app.parts.store, &act).await {
        Ok(_) => {
            app.reinspection_approved.notify_one();
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Err(ReinspectionError::Store(error)) => Err(error.into()),
        Err(error @ ReinspectionError::NoReason) => {
            Ok(problem(StatusCode::BAD_REQUEST, error.to_string(), None))
        }
        Err(error @ ReinspectionError::Nothing) => Ok(not_found(error.to_string(), None)),
    }
}
