//! `GET /projects/NAME`: a project for a person: what it says it is, where it comes from, and what the
//! inspection says of each file.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use fondaco_model::Standing;
use fondaco_pydist::{CoreMetadata, ProjectName, ProjectStatus, Version};
use fondaco_wire::project_json::File;
use maud::{Markup, html};

use super::description;
use super::page::{minutes_of, page};
use crate::api::{Shown, base, release};
use crate::app::App;
use crate::listing;
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::view::shown;

/// Other releases that are listed.
const RELEASES: usize = 200;

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    Path(raw): Path<String>,
    Query(parameters): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let absent =
        html! { h1 { "No such project" } p { "There is no project of that name here, or not for you." } };
    let nothing = || page(&app, StatusCode::NOT_FOUND, "../", ("No such project", &absent));
    let Ok(project) = raw.parse::<ProjectName>() else { return nothing().await };
    let Some(view) = shown(&app, &reader, &project).await? else {
        return Ok(reader.nothing(&app, &project, nothing().await?));
    };
    let (status, reason) = view.status();
    let wanted: Option<Version> = match parameters.get("version").map(|version| version.parse()) {
        Some(Err(_)) => return nothing().await,
        Some(Ok(version)) => Some(version),
        None => None,
    };
    let base = base(&app, &headers);
    let release = release(&app, &view, wanted.as_ref(), &base).await?;
    let body = html! {
        h1 { (project) }
        @if status != ProjectStatus::Active {
            p { span.badge.hold { (status) } @if let Some(reason) = &reason { " " (reason) } }
        }
        p.dim {
            @if view.layer.is_own() { "Published here." } @else { "Pulled through from the upstream " (view.layer) "." }
        }
        @match &release {
            Some(release) => (content(&base, &project, release, &|file| state(&view, &base, file))),
            None => p { "Nothing of it is offered." }
        }
        p {
            a href={ "../simple/" (project) "/" } { "Its page of the Simple API" } ", "
            a href={ "../pypi/" (project) "/json" } { "as JSON" } ", "
            a href={ "../report/" (project) } { "report it" } " as malware or spam."
        }
    };
    page(&app, StatusCode::OK, "../", (project.as_str(), &body)).await
}

fn content(base: &str, project: &ProjectName, release: &Shown, state: &dyn Fn(&File) -> Markup) -> Markup {
    let version = release.version.to_string();
    let files = release.releases.get(&release.version).map(Vec::as_slice).unwrap_or_default();
    html! {
        @if let Some(metadata) = &release.metadata { p { (metadata.summary) } }
        pre { "pip install --index-url " (base) "/simple/ " (project) "==" (version) }
        @if !release.vulnerabilities.is_empty() {
            p.banner { "Known of " (version) ": "
                @for id in release.vulnerabilities.iter().filter_map(|one| one["id"].as_str()) {
                    a href={ "../v1/vulns/" (id) } { (id) } " "
                }
            }
        }
        h2 { "Files of " (version) }
        table {
            tr { th { "File" } th { "Bytes" } th { "Uploaded (UTC)" } th { "Inspection" } }
            @for file in files {
                tr {
                    td { a href=(file.url) rel="nofollow" { (file.file_name) }
                        @if let Some(reason) = &file.yanked { " (yanked" @if !reason.is_empty() { ": " (reason) } ")" } }
                    td { @if let Some(size) = file.size { (size) } }
                    td { (minutes_of(&fondaco_model::rfc3339(file.upload_time))) }
                    td { (state(file)) }
                }
            }
        }
        @if let Some(metadata) = &release.metadata { (about(metadata)) }
        @if release.releases.len() > 1 {
            h2 { "Releases" }
            p {
                @for other in release.releases.keys().rev().take(RELEASES) {
                    a href={ "?version=" (percent(&other.to_string())) } { (other) } " "
                }
                @if release.releases.len() > RELEASES { "and " (release.releases.len() - RELEASES) " more." }
            }
        }
        @if let Some(metadata) = release.metadata.as_ref().filter(|one| !one.description.is_empty()) {
            h2 { "What it says of itself" }
            (description::rendered(&metadata.description, &metadata.description_content_type))
        }
    }
}

/// What is decided of a file, with a way to the report.
fn state(view: &crate::view::View, base: &str, file: &File) -> Markup {
    let Some(known) = view.file(&file.file_name) else { return html! {} };
    let (class, said, report) = match &known.standing {
        Standing::Allowed => {
            ("allow", "served".to_owned(), known.record.sha256.map(|sha256| format!("../reports/{sha256}")))
        }
        Standing::Undecided => ("undecided", "inspected when it is asked for".to_owned(), None),
        Standing::Refused(refusal) => ("block", refusal.summary(), listing::report_address(refusal, base)),
    };
    html! {
        span class=(class) { (said) }
        @if let Some(report) = report { " " a href=(report) { "report" } }
        @if known.provenance.is_some() { " " span.allow { "attested" } }
    }
}

/// What the metadata says, as its author's word.
fn about(metadata: &CoreMetadata) -> Markup {
    let rows = [
        ("Author", if metadata.author.is_empty() { &metadata.author_email } else { &metadata.author }),
        (
            "Maintainer",
            if metadata.maintainer.is_empty() { &metadata.maintainer_email } else { &metadata.maintainer },
        ),
        ("License", &metadata.license),
        ("Requires Python", &metadata.requires_python),
        ("Keywords", &metadata.keywords),
    ];
    let urls = metadata.project_urls.iter().filter_map(|text| text.split_once(','));
    let links: Vec<(&str, &str)> = [("Homepage", metadata.home_page.as_str())]
        .into_iter()
        .chain(urls)
        .map(|(label, url)| (label.trim(), url.trim()))
        .filter(|(_, url)| !url.is_empty())
        .collect();
    html! {
        h2 { "Its metadata says" }
        table {
            @for (label, text) in rows.into_iter().filter(|(_, text)| !text.is_empty()) {
                tr { th { (label) } td { (text) } }
            }
            @for (label, url) in &links {
                tr { th { (label) } td {
                    @match description::to_the_web(url) {
                        Some(target) => a href=(target) rel="nofollow noopener noreferrer" { (url) },
                        None => (url)
                    }
                } }
            }
            @if !metadata.requires_dist.is_empty() {
                tr { th { "Requires" } td { @for one in &metadata.requires_dist { (one) br; } } }
            }
        }
    }
}

/// A version as a part of a query: `+` would be a blank.
fn percent(version: &str) -> String {
    version.replace('+', "%2B")
}
