//! Reports about projects, in the form of PyPI's observations: `POST
//! /api/v1/projects/NAME/observations`, what became of them, and what reviewers decide.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_model::{Conclusion, ObservationKind, Outcome, Scope, rfc3339};
use fondaco_pydist::{DistFilename, ProjectName, Version, release_of};
use fondaco_store::ObservationsWanted;
use fondaco_wire::observation_v1::{Freeze, Observation, Reason, Report, Verdict};
use serde_json::{Value, json};

use super::not_found;
use crate::app::App;
use crate::desk_staff::Desk;
use crate::names::Act;
use crate::observations::{self, Decision, Draft, Measure, ObservationError, Taken};
use crate::person::{Observer, Reviewer};
use crate::reporter::Reporter;
use crate::trouble::{Trouble, problem};
use crate::view::view;

const EXAMPLE: &str =
    r#"e.g. {"kind": "is_malware", "summary": "setup.py reads ~/.ssh", "inspector_url": "https://..."}"#;

pub(super) async fn make(
    reporter: Reporter,
    State(app): State<App>,
    Path(raw): Path<String>,
    order: Result<Json<Report>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Ok(Json(order)) = order else { return Ok(expected(EXAMPLE)) };
    report(&app, reporter, &raw, order).await
}

/// Takes a report, from the API or a page.
pub(crate) async fn report(
    app: &App,
    reporter: Reporter,
    raw: &str,
    order: Report,
) -> Result<Response, Trouble> {
    let Some(kind) = ObservationKind::from_id(&order.kind) else { return Ok(expected(EXAMPLE)) };
    let nothing = || not_found("there is no such project, release or file", None);
    let scope = scope(raw, order.version.as_deref(), order.file_name.as_deref());
    let Some(scope) = scope else { return Ok(nothing()) };
    // Whoever may not read it can't tell that it is there.
    if view(app, &reporter.reader, &scope.project).await?.is_none() {
        return Ok(nothing());
    }
    let Report { summary, inspector_url: evidence, .. } = order;
    let observer = (reporter.observer, reporter.trusted);
    match observations::observe(app, observer, Draft { scope, kind, summary, evidence }).await? {
        Ok(taken) => {
            let body = json!({
                "schema": "fondaco.observation/1",
                "observation": Observation::for_reporter(&taken.observation),
                "quarantined": taken.freeze.is_some(),
                "waits_for": waits_for(&taken),
            });
            Ok((StatusCode::ACCEPTED, Json(body)).into_response())
        }
        Err(error) => refused(error),
    }
}

/// Why a person has to decide, where the reports alone would suffice; for those whose word counts.
fn waits_for(taken: &Taken) -> Option<String> {
    match taken.conclusion {
        Conclusion::Person(brake) if taken.observation.trusted => Some(brake.to_string()),
        _ => None,
    }
}

/// A project, a release or a file as somebody names it.
pub(crate) fn scope(project: &str, version: Option<&str>, file_name: Option<&str>) -> Option<Scope> {
    let project: ProjectName = project.parse().ok()?;
    if let Some(name) = file_name {
        let release = DistFilename::of_project(name, &project).ok()?.release();
        return Some(Scope { project, release: Some(release), file_name: Some(name.to_owned()) });
    }
    let release = match version {
        Some(version) => Some(release_of(&version.parse::<Version>().ok()?)),
        None => None,
    };
    Some(Scope { project, release, file_name: None })
}

pub(super) fn expected(example: &str) -> Response {
    problem(StatusCode::BAD_REQUEST, "a JSON object is expected".to_owned(), Some(example.to_owned()))
}

/// A reporter's own reports.
pub(super) async fn mine(reporter: Reporter, State(app): State<App>) -> Result<Response, Trouble> {
    let account = Some(reporter.observer.account.as_str());
    let wanted = ObservationsWanted { account, ..ObservationsWanted::default() };
    let all = app.parts.store.observations(wanted).await?;
    Ok(listed(all.iter().map(Observation::for_reporter).collect()))
}

fn listed(all: Vec<Observation>) -> Response {
    Json(json!({"schema": "fondaco.observations/1", "observations": all})).into_response()
}

/// One of a reporter's own.
pub(super) async fn one(
    reporter: Reporter,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let found = app.parts.store.observation(&id).await?;
    match found.filter(|one| one.observer.account == reporter.observer.account) {
        Some(one) => Ok(told(&Observation::for_reporter(&one))),
        None => Ok(not_found("you have made no such report", None)),
    }
}

fn told(one: &Observation) -> Response {
    Json(json!({"schema": "fondaco.observation/1", "observation": one})).into_response()
}

/// Every open report, for staff.
pub(super) async fn open(_: Desk<Observer>, State(app): State<App>) -> Result<Response, Trouble> {
    let wanted = ObservationsWanted { open: true, ..ObservationsWanted::default() };
    let all = app.parts.store.observations(wanted).await?;
    Ok(listed(all.iter().map(Observation::for_staff).collect()))
}

pub(super) async fn decide(
    reviewer: Desk<Reviewer>,
    State(app): State<App>,
    Path(id): Path<String>,
    order: Result<Json<Verdict>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Ok(Json(order)) = order else {
        return Ok(expected(r#"e.g. {"outcome": "confirmed", "note": "..."}"#));
    };
    Ok(match settle(&app, &id, &order, &reviewer.actor).await? {
        Ok(body) => Json(body).into_response(),
        Err(response) => response,
    })
}

/// Decides a report, from the API or a page.
pub(crate) async fn settle(
    app: &App,
    id: &str,
    order: &Verdict,
    by: &str,
) -> Result<Result<Value, Response>, Trouble> {
    let measure = order.measure.as_deref().map_or(Some(Measure::Nothing), Measure::from_id);
    let (Some(outcome), Some(measure)) = (Outcome::from_id(&order.outcome), measure) else {
        return Ok(Err(expected(
            "outcomes: confirmed, not_malware, insufficient; measures: nothing, quarantine, remove, release",
        )));
    };
    let decision = Decision { outcome, measure, freeze_accounts: order.freeze_accounts };
    let act = Act { by: by.to_owned(), reason: order.note.clone(), at: app.now() };
    match observations::decide(&app.parts.store, id, decision, &act).await {
        Ok((observation, freeze)) => Ok(Ok(json!({
            "schema": "fondaco.observation/1",
            "observation": Observation::for_staff(&observation),
            "act": freeze.as_ref().map(Freeze::from),
            "fetched_by": observations::fetched_by(&app.parts.store, &observation.scope).await?,
            "fetched_known_since": app.parts.store.downloads_known_since().await?.map(rfc3339),
        }))),
        Err(error) => refused(error).map(Err),
    }
}

pub(super) async fn observers(_: Desk<Observer>, State(app): State<App>) -> Result<Response, Trouble> {
    let all = app.parts.store.trusted_observers().await?;
    let shown: Vec<Value> = all
        .iter()
        .map(|one| json!({"account": one.account, "reason": one.reason, "made_by": one.made_by}))
        .collect();
    Ok(Json(json!({"schema": "fondaco.observers/1", "observers": shown})).into_response())
}

pub(super) async fn trust(
    reviewer: Desk<Reviewer>,
    State(app): State<App>,
    Path(account): Path<String>,
    order: Result<Json<Reason>, JsonRejection>,
) -> Result<Response, Trouble> {
    set_trust((app, reviewer), &account, true, order).await
}

pub(super) async fn distrust(
    reviewer: Desk<Reviewer>,
    State(app): State<App>,
    Path(account): Path<String>,
    order: Result<Json<Reason>, JsonRejection>,
) -> Result<Response, Trouble> {
    set_trust((app, reviewer), &account, false, order).await
}

async fn set_trust(
    (app, reviewer): (App, Desk<Reviewer>),
    account: &str,
    trusted: bool,
    order: Result<Json<Reason>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Ok(Json(Reason { reason })) = order else { return Ok(expected(r#"e.g. {"reason": "..."}"#)) };
    let act = Act { by: reviewer.actor, reason, at: app.now() };
    match observations::set_trust(&app.parts.store, account, trusted, &act).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => refused(error),
    }
}

/// What somebody reads whose report or decision is not taken.
pub(super) fn refused(error: ObservationError) -> Result<Response, Trouble> {
    use crate::freezes::FreezeError;
    let status = match &error {
        ObservationError::Unknown(_) | ObservationError::NotOpen(_) | ObservationError::NotTrusted(_) => {
            StatusCode::NOT_FOUND
        }
        ObservationError::AlreadyOpen => StatusCode::CONFLICT,
        ObservationError::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        ObservationError::Freeze(FreezeError::Store(_)) | ObservationError::Store(_) => {
            return Err(match error {
                ObservationError::Store(error) | ObservationError::Freeze(FreezeError::Store(error)) => {
                    error.into()
                }
                other => Trouble::Inside(other.to_string()),
            });
        }
        ObservationError::Freeze(_) => return Err(Trouble::Inside(error.to_string())),
        _ => StatusCode::BAD_REQUEST,
    };
    Ok(problem(status, error.to_string(), None))
}
