//! `GET /simple/`: the projects that were pulled through.

use axum::extract::{Query, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use fondaco_wire::simple::{Root, RootProject};

use super::simple_project::{Parameters, moved, not_acceptable};
use crate::app::App;
use crate::representation::{Form, Representation};
use crate::trouble::Trouble;

pub(super) async fn without_slash(RawQuery(query): RawQuery) -> Response {
    moved("simple/", query)
}

pub(super) async fn get(
    State(app): State<App>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let Some(form) = Form::negotiate(&headers, parameters.get("format").map(String::as_str)) else {
        return Ok(not_acceptable());
    };
    let serial = app.parts.store.last_serial().await?;
    let projects = app.parts.store.projects().await?;
    let root = Root {
        serial,
        projects: projects.into_iter().map(|(name, serial)| RootProject { name, serial }).collect(),
    };
    let bytes = if form == Form::Json { root.to_json() } else { root.to_html() };
    Ok(Representation::new(form, serial, bytes)?.respond(&headers))
}
