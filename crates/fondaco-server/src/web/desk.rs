//! `/desk/`: what waits for a reviewer, and one project with everything that there is to know of it.
//! Observers read; reviewers decide.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_wire::observation_v1::{AppealVerdict, Entry, Review, Verdict};
use maud::{Markup, html};
use serde::Deserialize;

use super::desk_item;
use super::observe::{as_page, given, unreadable};
use super::page::page;
use crate::api;
use crate::app::App;
use crate::desk;
use crate::desk_staff::Desk;
use crate::person::{Observer, Reviewer};
use crate::trouble::Trouble;

pub(super) async fn queue(_: Desk<Observer>, State(app): State<App>) -> Result<Response, Trouble> {
    let entries = desk::queue(&app).await?;
    let body = html! {
        h1 { "Review desk" }
        p { a href="switches/" { "Switches" } ", " a href="breaker/" { "the breaker" } }
        @if entries.is_empty() {
            p { "Nothing waits for a person." }
        } @else {
            table {
                tr { th { "Kind" } th { "Project" } th { "What" } th { "Score" } th { "Fetched" } th { "Since" } }
                @for entry in &entries { (row(entry)) }
            }
        }
    };
    page(&app, StatusCode::OK, "../", ("Review desk", &body)).await
}

fn row(entry: &Entry) -> Markup {
    let link = match &entry.project {
        Some(project) => format!("projects/{project}"),
        None => format!("../campaigns/{}", entry.subject),
    };
    html! {
        tr {
            td { (entry.kind) }
            td { a href=(link) { (entry.project.as_deref().unwrap_or(&entry.subject)) } }
            td { (entry.what) }
            td { (format!("{:.2}", entry.score)) }
            td { (entry.fetched) }
            td { (entry.since.get(..16).unwrap_or_default().replace('T', " ")) }
        }
    }
}

pub(super) async fn item(
    at_desk: Desk<Observer>,
    State(app): State<App>,
    Path(raw): Path<String>,
) -> Result<Response, Trouble> {
    let found = match raw.parse() {
        Ok(project) => api::desk_item(&app, &project).await?,
        Err(_) => None,
    };
    let Some(item) = found else {
        let body = html! { h1 { "Nothing of that project is known here" } };
        return page(&app, StatusCode::NOT_FOUND, "../../", ("No such project", &body)).await;
    };
    let inspected = desk_item::inspected(&app, &item).await?;
    let body = desk_item::content(&item, &inspected, at_desk.decides);
    page(&app, StatusCode::OK, "../../", (&item.project, &body)).await
}

/// An act at the desk, as the buttons send it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewForm {
    act: String,
    reason: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    file_name: String,
    #[serde(default)]
    sha256: String,
}

/// Back to the project that was decided on.
fn back(project: &str) -> Response {
    let plain: String =
        project.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')).collect();
    let to = HeaderValue::from_str(&format!("../projects/{plain}"));
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(to) = to {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}

async fn outcome(app: &App, done: Result<String, Response>) -> Result<Response, Trouble> {
    match done {
        Ok(project) => Ok(back(&project)),
        Err(answer) => as_page(app, "../../", answer, &html! {}).await,
    }
}

pub(super) async fn review(
    reviewer: Desk<Reviewer>,
    State(app): State<App>,
    Path(raw): Path<String>,
    form: Result<Form<ReviewForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Ok(Form(form)) = form else { return Ok(unreadable()) };
    let order = Review {
        act: form.act,
        reason: form.reason,
        version: given(form.version),
        file_name: given(form.file_name),
        sha256: given(form.sha256),
    };
    let done = api::review(&app, &raw, &order, &reviewer.actor).await?;
    outcome(&app, done.map(|()| raw)).await
}

/// A reviewer's decision on a report, as the form sends it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VerdictForm {
    outcome: String,
    note: String,
    #[serde(default)]
    measure: String,
    #[serde(default)]
    freeze_accounts: Option<String>,
}

pub(super) async fn decide_observation(
    reviewer: Desk<Reviewer>,
    State(app): State<App>,
    Path(id): Path<String>,
    form: Result<Form<VerdictForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Ok(Form(form)) = form else { return Ok(unreadable()) };
    let order = Verdict {
        outcome: form.outcome,
        note: form.note,
        measure: given(form.measure),
        freeze_accounts: form.freeze_accounts.is_some(),
    };
    let done = api::settle_observation(&app, &id, &order, &reviewer.actor).await?;
    let project =
        |body: serde_json::Value| body["observation"]["project"].as_str().unwrap_or_default().to_owned();
    outcome(&app, done.map(project)).await
}

/// A reviewer's decision on an appeal, as the form sends it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppealVerdictForm {
    decision: String,
    note: String,
}

pub(super) async fn decide_appeal(
    reviewer: Desk<Reviewer>,
    State(app): State<App>,
    Path(id): Path<String>,
    form: Result<Form<AppealVerdictForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Ok(Form(form)) = form else { return Ok(unreadable()) };
    let granted = match form.decision.as_str() {
        "grant" => true,
        "refuse" => false,
        _ => return Ok(unreadable()),
    };
    let order = AppealVerdict { granted, note: form.note };
    let done = api::settle_appeal(&app, &id, &order, &reviewer.actor).await?;
    let project = |body: serde_json::Value| body["appeal"]["project"].as_str().unwrap_or_default().to_owned();
    outcome(&app, done.map(project)).await
}
