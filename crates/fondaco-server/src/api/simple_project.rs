//! `GET /simple/NAME/`: a project's listing.

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError};

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_pydist::ProjectName;
use fondaco_wire::simple::{HTML, HTML_V1, JSON};

use super::{base, not_found};
use crate::app::{self, App};
use crate::listing;
use crate::reader::Reader;
use crate::representation::{Form, Representation, Representations};
use crate::trouble::{Trouble, problem};
use crate::view::{View, shown};

/// The query's `format`, which stands above `Accept` (PEP 691).
pub(super) type Parameters = HashMap<String, String>;

/// What nobody here can render.
pub(super) fn not_acceptable() -> Response {
    problem(
        StatusCode::NOT_ACCEPTABLE,
        "none of the types that the client accepts is offered".to_owned(),
        Some(format!("offered are {JSON}, {HTML_V1} and {HTML}")),
    )
}

/// The name in the path; one that is no UTF-8 is no name.
type RawName = Result<Path<String>, PathRejection>;

pub(super) async fn without_slash(raw: RawName, RawQuery(query): RawQuery) -> Response {
    let Ok(Path(raw)) = raw else { return bad_name(None) };
    match raw.parse::<ProjectName>() {
        Ok(name) => moved(&format!("{name}/"), query),
        Err(error) => bad_name(error.suggestion.as_ref()),
    }
}

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    raw: RawName,
    RawQuery(query): RawQuery,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let Ok(Path(raw)) = raw else { return Ok(bad_name(None)) };
    let name: ProjectName = match raw.parse() {
        Ok(name) => name,
        Err(error) => return Ok(bad_name(error.suggestion.as_ref())),
    };
    if !name.is_normalised(&raw) {
        return Ok(moved(&format!("../{name}/"), query));
    }
    let Some(form) = Form::negotiate(&headers, parameters.get("format").map(String::as_str)) else {
        return Ok(not_acceptable());
    };
    let Some(view) = shown(&app, &reader, &name).await? else {
        return Ok(reader.nothing(&app, &name, absent(&app, &name).await));
    };
    let base = base(&app, &headers);
    // Only reasons name the base, so that most listings are the same for everybody.
    let base = if view.names_base { base } else { String::new() };
    if let Some(made) = kept(&view).get(form, &base) {
        return Ok(made.respond(&headers));
    }
    // A large listing takes tens of milliseconds to render.
    let made = tokio::task::spawn_blocking(move || render(&view, form, &base)).await;
    Ok(made.map_err(|error| Trouble::Inside(error.to_string()))??.respond(&headers))
}

/// A project that is nowhere, with the names that may have been meant: popular ones only, so that
/// what this index holds can't be found out by asking.
async fn absent(app: &App, name: &ProjectName) -> Response {
    if app.source(name).is_none() {
        let detail =
            format!("there is no project {name} here, and its name is reserved: no upstream is asked");
        return not_found(detail, Some("publish it here".to_owned()));
    }
    let asked = name.clone();
    let meant =
        tokio::task::spawn_blocking(move || app::names().meant(asked.as_str())).await.unwrap_or_default();
    let hint = if meant.is_empty() {
        "check the spelling before you look for another name".to_owned()
    } else {
        format!("did you mean {}? Check the spelling before you look for another name", meant.join(", "))
    };
    let phrase =
        if meant.is_empty() { String::new() } else { format!("; did you mean {}?", meant.join(", ")) };
    not_found(format!("there is no project {name}, here or upstream{phrase}"), Some(hint))
}

fn kept(view: &View) -> MutexGuard<'_, Representations> {
    view.representations.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The rendering, made once for each view, form and base.
fn render(view: &View, form: Form, base: &str) -> Result<Arc<Representation>, Trouble> {
    let detail = listing::detail(view, base);
    let bytes = if form == Form::Json { detail.to_json() } else { detail.to_html() };
    let made = Arc::new(Representation::new(form, view.serial, bytes)?);
    kept(view).keep(form, base, &made);
    Ok(made)
}

pub(super) fn moved(path: &str, query: Option<String>) -> Response {
    let target = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let location = HeaderValue::from_str(&target).unwrap_or(HeaderValue::from_static("/simple/"));
    let cors = HeaderValue::from_static("*");
    (
        StatusCode::MOVED_PERMANENTLY,
        [(header::LOCATION, location), (header::ACCESS_CONTROL_ALLOW_ORIGIN, cors)],
    )
        .into_response()
}

fn bad_name(suggestion: Option<&ProjectName>) -> Response {
    let hint = suggestion.map(|name| format!("the nearest name is {name}"));
    not_found("that is no project name: letters, digits, '.', '_' and '-' only", hint)
}
