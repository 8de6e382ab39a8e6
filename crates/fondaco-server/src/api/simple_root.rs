//! `GET /simple/`: our own projects and those that were pulled through; with `?layers=all` every
//! project of the upstreams besides.

use std::sync::{Arc, PoisonError};

use axum::extract::{Query, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use fondaco_pydist::ProjectName;
use fondaco_wire::simple::{Root, RootProject};

use super::simple_project::{Parameters, moved, not_acceptable};
use crate::app::App;
use crate::reader::Reader;
use crate::representation::{Form, Representation};
use crate::trouble::{Trouble, problem};
use crate::{catalog, gate, whole_root};

pub(super) async fn without_slash(RawQuery(query): RawQuery) -> Response {
    moved("simple/", query)
}

/// Our own projects that are served and those that were pulled through, as far as this reader may
/// read them, by name, each with the last serial that concerns it.
pub(crate) async fn listed_projects(app: &App, reader: &Reader) -> Result<Vec<(ProjectName, u64)>, Trouble> {
    let projects = catalog::current(app).await?;
    let readable =
        projects.iter().filter(|(project, entry)| catalog::may_read(app, reader, project, **entry));
    Ok(readable.map(|(project, entry)| (project.clone(), entry.serial)).collect())
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
    match parameters.get("layers").map(String::as_str) {
        None => {}
        Some("all") => return Ok(whole_root::rendered(&app, &reader, form).await?.respond(&headers)),
        Some(_) => {
            let detail = "layers is given, and is not all".to_owned();
            return Ok(problem(StatusCode::BAD_REQUEST, detail, Some("/simple/?layers=all".to_owned())));
        }
    }
    let serial = app.parts.store.last_serial().await?;
    // The same bytes for everybody who may read everything.
    let shared = reader.reads_all(&app);
    let known = app.roots.lock().unwrap_or_else(PoisonError::into_inner).get(&form).cloned();
    if let Some((of, root)) = known.filter(|_| shared)
        && of == serial
    {
        return Ok(root.respond(&headers));
    }
    let projects = listed_projects(&app, &reader).await?;
    let root = Root {
        serial,
        projects: projects
            .into_iter()
            .map(|(name, serial)| RootProject { name, serial: Some(serial) })
            .collect(),
    };
    let made = gate::blocking(move || {
        let bytes = if form == Form::Json { root.to_json() } else { root.to_html() };
        Representation::new(form, serial, bytes).map(Arc::new)
    });
    let made = made.await??;
    if shared {
        let mut roots = app.roots.lock().unwrap_or_else(PoisonError::into_inner);
        roots.insert(form, (serial, made.clone()));
    }
    Ok(made.respond(&headers))
}
