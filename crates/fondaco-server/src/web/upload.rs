//! `/uploads/ID`: what became of an upload, for whoever has its id, and the form by which its uploader
//! appeals. What it does is the API's.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use fondaco_wire::observation_v1::{AppealState, UploadAppealOrder};
use maud::{Markup, html};
use serde::Deserialize;

use super::observe::{as_page, unreadable};
use super::page::page;
use crate::api;
use crate::app::App;
use crate::reader::Reader;
use crate::reporter::Appellant;
use crate::trouble::Trouble;
use crate::uploads::UploadStatus;

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let Some(upload) = api::known_upload(&app, &reader, &id).await? else {
        let body = html! { h1 { "No such upload" } };
        return page(&app, StatusCode::NOT_FOUND, "../", ("No such upload", &body)).await;
    };
    let status = UploadStatus::of(&app, &upload).await?;
    let newest = app.parts.store.appeal_of_upload(&upload.id).await?;
    let appealable = api::is_appealable(&status, newest.as_ref());
    let body = html! {
        h1 { (upload.file_name) }
        p { span class={ "badge " (class(status.state)) } { (status.state) } " "
            (upload.project) " " (upload.version)
            @if let Some(reason) = &status.reason { ": " (reason) } }
        p { a href={ "../reports/" (upload.sha256) } { "What the inspection found" } }
        @if let Some(newest) = &newest { (appeal_against(&AppealState::from(newest))) }
        @if appealable { (form(&upload.id)) }
    };
    page(&app, StatusCode::OK, "../", (&upload.file_name, &body)).await
}

/// The style of a state: those of decisions.
fn class(state: &str) -> &'static str {
    match state {
        "allowed" => "allow",
        "blocked" => "block",
        _ => "hold",
    }
}

fn appeal_against(appeal: &AppealState) -> Markup {
    html! {
        h2 { "The appeal against it" }
        p { b { (appeal.state) } @if let Some(note) = &appeal.note { ": " (note) } }
        @if appeal.state == "open" { p { "A reviewer decides it." } }
    }
}

fn form(id: &str) -> Markup {
    html! {
        h2 { "If this is wrong" }
        p { "Whoever uploaded it, or owns the project, can have a reviewer look at it. Where the appeal is granted the content is allowed; what was blocked can then be uploaded again." }
        form method="post" action={ (id) "/appeal" } {
            p { label { "Why it is wrong " br; textarea name="text" rows="8" cols="70" minlength="10" maxlength="4000" required {} } }
            p { button type="submit" { "Appeal" } }
        }
    }
}

/// An appeal as the form sends it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UploadAppealForm {
    text: String,
}

pub(super) async fn appeal(
    appellant: Appellant,
    State(app): State<App>,
    Path(id): Path<String>,
    form: Result<Form<UploadAppealForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Ok(Form(form)) = form else { return Ok(unreadable()) };
    let answer = api::appeal_upload(&app, appellant, &id, UploadAppealOrder { text: form.text }).await?;
    let thanks = html! {
        h1 { "Your appeal was taken" }
        p { "A reviewer decides it; what becomes of it is told at " a href={ "../" (id) } { "this upload's page" } "." }
    };
    as_page(&app, "../../", answer, &thanks).await
}
