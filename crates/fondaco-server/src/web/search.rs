//! `GET /search?q=TEXT`: projects by a part of their name, for a person.

use std::collections::HashMap;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::page::page;
use crate::api::found;
use crate::app::App;
use crate::reader::Reader;
use crate::trouble::Trouble;

/// Longest text that is searched for.
const LONGEST: usize = 100;

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let asked = parameters.get("q").map(|text| text.trim()).unwrap_or_default();
    let found = match asked.chars().count() {
        1..=LONGEST => Some(found((&app, &reader), asked).await?),
        _ => None,
    };
    let body = html! {
        h1 { "Search" }
        (search_form("", asked))
        @if let Some(found) = found {
            p { (found.total) " projects have " b { (asked) } " in their name"
                @if found.total > found.projects.len() { "; the first " (found.projects.len()) " of them" } "." }
            ul { @for (name, _) in &found.projects { li { a href={ "projects/" (name) } { (name) } } } }
        }
    };
    page(&app, StatusCode::OK, "", ("Search", &body)).await
}

/// Where one types what to search for. `root` leads to the index's own address.
pub(super) fn search_form(root: &str, asked: &str) -> Markup {
    html! {
        form action={ (root) "search" } method="get" role="search" {
            label { "Projects: " input type="search" name="q" value=(asked) maxlength=(LONGEST); }
            " " button type="submit" { "Search" }
        }
    }
}
