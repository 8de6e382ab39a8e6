//! `GET /simple/`: our own projects and those that were pulled through.

use axum::extract::{Query, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use fondaco_pydist::{ProjectName, ProjectStatus};
use fondaco_wire::simple::{Root, RootProject};

use super::simple_project::{Parameters, moved, not_acceptable};
use crate::app::App;
use crate::layers;
use crate::reader::Reader;
use crate::representation::{Form, Representation};
use crate::trouble::Trouble;
use crate::view::stored;

pub(super) async fn without_slash(RawQuery(query): RawQuery) -> Response {
    moved("simple/", query)
}

/// Our own projects that are served and those that were pulled through, as far as this reader may
/// read them, by name, each with the last serial that concerns it.
pub(crate) async fn listed_projects(app: &App, reader: &Reader) -> Result<Vec<(ProjectName, u64)>, Trouble> {
    let mut projects = app.parts.store.pulled_projects().await?;
    projects.retain(|(project, _)| reader.may_read(app, &layers::layer(app, project, false), project));
    for own in app.parts.store.own_projects().await? {
        let Some(view) = stored(app, reader, &own.project).await? else { continue };
        if view.is_there() && view.status().0 != ProjectStatus::Quarantined {
            projects.push((own.project, view.serial));
        }
    }
    projects.sort_unstable();
    Ok(projects)
}

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let Some(form) = Form::negotiate(&headers, parameters.get("format").map(String::as_str)) else {
        return Ok(not_acceptable());
    };
    let serial = app.parts.store.last_serial().await?;
    let projects = listed_projects(&app, &reader).await?;
    let root = Root {
        serial,
        projects: projects.into_iter().map(|(name, serial)| RootProject { name, serial }).collect(),
    };
    let bytes = if form == Form::Json { root.to_json() } else { root.to_html() };
    Ok(Representation::new(form, serial, bytes)?.respond(&headers))
}
