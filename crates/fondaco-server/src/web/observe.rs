//! `/report/NAME`: somebody reports a project. `/appeal/NAME`: its owner says that it was frozen
//! wrongly. Forms for persons; what they do is the API's.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use fondaco_model::ObservationKind;
use fondaco_pydist::ProjectName;
use fondaco_wire::observation_v1::{AppealOrder, Report};
use maud::{Markup, html};
use serde::Deserialize;

use super::page::page;
use crate::api;
use crate::app::App;
use crate::reader::Reader;
use crate::reporter::{Appellant, Reporter};
use crate::trouble::{Trouble, problem};
use crate::view::{stored, view};

/// Uploads that are shown to whoever may appeal.
const HELD: usize = 100;

/// Which part of the project a link names.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct About {
    version: String,
    file_name: String,
}

/// A report as the form sends it: an empty field is none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportForm {
    kind: String,
    summary: String,
    #[serde(default)]
    inspector_url: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    file_name: String,
}

pub(super) fn given(text: String) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A form that can't be read.
pub(super) fn unreadable() -> Response {
    problem(StatusCode::BAD_REQUEST, "the form can't be read".to_owned(), None)
}

/// What an answer of the API says, as a page: the status stays.
pub(super) async fn as_page(
    app: &App,
    root: &str,
    answer: Response,
    thanks: &Markup,
) -> Result<Response, Trouble> {
    let status = answer.status();
    if status.is_success() {
        return page(app, StatusCode::OK, root, ("Thank you", thanks)).await;
    }
    let body = axum::body::to_bytes(answer.into_body(), 64 << 10).await.unwrap_or_default();
    let told: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let body = html! {
        h1 { "This was not taken" }
        p { (told["detail"].as_str().unwrap_or("the form is not right")) }
        @if let Some(hint) = told["hint"].as_str() { p.dim { (hint) } }
        p { "Go back in your browser: what you wrote is still there." }
    };
    page(app, status, root, ("Not taken", &body)).await
}

pub(super) async fn report_form(
    reporter: Reporter,
    State(app): State<App>,
    Path(raw): Path<String>,
    Query(about): Query<About>,
) -> Result<Response, Trouble> {
    let project = raw.parse::<ProjectName>().ok();
    let there = match &project {
        Some(project) => view(&app, &reporter.reader, project).await?.is_some(),
        None => false,
    };
    let Some(project) = project.filter(|_| there) else {
        let body = html! { h1 { "No such project" } };
        return page(&app, StatusCode::NOT_FOUND, "../", ("No such project", &body)).await;
    };
    let body = html! {
        h1 { "Report " (project) }
        p { "A reviewer reads it and tells you what came of it. You report as " b { (reporter.observer.name) } "." }
        form method="post" action=(project) {
            p { label { "What is it? " select name="kind" required {
                @for kind in ObservationKind::ALL { option value=(kind.id()) { (kind.meaning()) } }
            } } }
            p { label { "What have you seen? " br; textarea name="summary" rows="8" cols="70" minlength="10" maxlength="2000" required {} } }
            p { label { "Where can it be seen (needed for malware) " br; input type="url" name="inspector_url" size="70" maxlength="2000" placeholder="https://"; } }
            p { label { "Only this version " input name="version" maxlength="100" value=(about.version); } " "
                label { "or only this file " input name="file_name" size="40" maxlength="300" value=(about.file_name); } }
            p { button type="submit" { "Report" } }
        }
    };
    page(&app, StatusCode::OK, "../", ("Report a project", &body)).await
}

pub(super) async fn report(
    reporter: Reporter,
    State(app): State<App>,
    Path(raw): Path<String>,
    form: Result<Form<ReportForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Ok(Form(form)) = form else { return Ok(unreadable()) };
    let order = Report {
        kind: form.kind,
        summary: form.summary,
        inspector_url: given(form.inspector_url),
        version: given(form.version),
        file_name: given(form.file_name),
    };
    let answer = api::report(&app, reporter, &raw, order).await?;
    let thanks = html! {
        h1 { "Thank you" }
        p { "Your report was taken. What becomes of it is told at " code { "/api/v1/observations" } "." }
    };
    as_page(&app, "../", answer, &thanks).await
}

/// An appeal as the form sends it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppealForm {
    text: String,
    #[serde(default)]
    act: String,
}

pub(super) async fn appeal_form(
    appellant: Appellant,
    State(app): State<App>,
    Path(raw): Path<String>,
) -> Result<Response, Trouble> {
    let project = raw.parse::<ProjectName>().ok();
    let owned = match &project {
        Some(project) => appellant.owns(&app, project).await?,
        None => false,
    };
    let Some(project) = project.filter(|_| owned) else {
        let body = html! { h1 { "You own no such project" } };
        return page(&app, StatusCode::NOT_FOUND, "../", ("No such project", &body)).await;
    };
    let acts: Vec<_> = app
        .parts
        .store
        .freezes_of(&project)
        .await?
        .into_iter()
        .filter(|one| one.lifted_at.is_none())
        .collect();
    let held = held_uploads(&app, &project).await?;
    let body = html! {
        h1 { "Appeal for " (project) }
        @if !held.is_empty() {
            p { "Uploads of it that are not served; a reviewer looks at one by an appeal of its own:" }
            ul { @for (upload, file_name) in &held { li { a href={ "../uploads/" (upload) } { (file_name) } } } }
        }
        @if acts.is_empty() {
            p { "Nothing of it is frozen." }
        } @else {
            form method="post" action=(project) {
                p { label { "Against " select name="act" {
                    @for act in &acts { option value=(act.id) { (act.scope) ": " (act.reason) } }
                } } }
                p { label { "Why it is wrong " br; textarea name="text" rows="8" cols="70" minlength="10" maxlength="4000" required {} } }
                p { button type="submit" { "Appeal" } }
            }
        }
    };
    page(&app, StatusCode::OK, "../", ("Appeal", &body)).await
}

/// The uploads of a project that are refused, each with the file's name, as many as a page shows.
async fn held_uploads(app: &App, project: &ProjectName) -> Result<Vec<(String, String)>, Trouble> {
    let view = stored(app, &Reader::Index, project).await?;
    let Some(view) = view.filter(|view| view.layer.is_own()) else { return Ok(Vec::new()) };
    let refused = |name: &str| view.file(name).is_some_and(|file| file.refusal().is_some());
    let mut files = app.parts.store.own_files(project).await?;
    files.retain(|file| file.deleted_at.is_none() && refused(&file.file_name));
    Ok(files.into_iter().rev().take(HELD).map(|file| (file.upload, file.file_name)).collect())
}

pub(super) async fn appeal(
    appellant: Appellant,
    State(app): State<App>,
    Path(raw): Path<String>,
    form: Result<Form<AppealForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Ok(Form(form)) = form else { return Ok(unreadable()) };
    let order = AppealOrder { text: form.text, act: given(form.act) };
    let answer = api::appeal(&app, appellant, &raw, order).await?;
    let thanks = html! {
        h1 { "Your appeal was taken" }
        p { "A reviewer decides it; where it is granted, everything that was frozen by that act is free again." }
    };
    as_page(&app, "../", answer, &thanks).await
}
