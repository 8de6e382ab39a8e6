//! `GET /integrity/NAME/VERSION/FILE/provenance`: where a file came from (PEP 740), as it was verified
//! here.

use std::str::FromStr;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{FileKey, Standing};
use fondaco_pydist::{ProjectName, Sha256, Version, release_of};
use headers_accept::Accept;
use mediatype::MediaType;

use super::{base, not_found, refusal};
use crate::app::App;
use crate::reader::Reader;
use crate::representation::has_etag;
use crate::trouble::{Trouble, problem};
use crate::view::view;

/// The media type of a provenance object.
const INTEGRITY: &str = "application/vnd.pypi.integrity.v1+json";
const JSON: &str = "application/json";

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    Path((name, version, file_name)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let absent = || not_found("no provenance of such a file is kept here", None);
    let (Ok(project), Ok(version)) = (name.parse::<ProjectName>(), version.parse::<Version>()) else {
        return Ok(absent());
    };
    let Some(view) = view(&app, &reader, &project).await? else {
        return Ok(reader.nothing(&app, &project, absent()));
    };
    let Some(file) = view.file(&file_name).filter(|file| file.record.release == release_of(&version)) else {
        return Ok(absent());
    };
    // It is closed with its file.
    if let Some(why) = file.refusal() {
        return refusal::respond(&app, &view, file, why, &base(&app, &headers)).await;
    }
    // Nothing is said of what was not inspected.
    let Some(sha256) = file.record.sha256.filter(|_| file.standing == Standing::Allowed) else {
        return Ok(absent());
    };
    let key = FileKey { upstream: view.layer.clone(), project, file_name };
    let Some(provenance) = app.parts.store.provenance(&key, sha256).await? else { return Ok(absent()) };
    let Some(kind) = negotiate(&headers) else {
        let hint = format!("offered are {INTEGRITY} and {JSON}");
        let detail = "none of the types that the client accepts is offered".to_owned();
        return Ok(problem(StatusCode::NOT_ACCEPTABLE, detail, Some(hint)));
    };
    let etag = format!("\"{}\"", &Sha256::of(provenance.body.as_bytes()).to_string()[..32]);
    let mut answer = HeaderMap::new();
    answer.insert(header::ETAG, HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("\"\"")));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer.insert(header::VARY, HeaderValue::from_static("Accept"));
    answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if has_etag(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, answer).into_response());
    }
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok((answer, provenance.body).into_response())
}

fn negotiate(headers: &HeaderMap) -> Option<&'static str> {
    let values: Vec<&str> =
        headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    if values.is_empty() {
        return Some(INTEGRITY);
    }
    let Ok(accept) = Accept::from_str(&values.join(", ")) else { return Some(INTEGRITY) };
    let available: Vec<MediaType<'_>> =
        [INTEGRITY, JSON].iter().filter_map(|name| MediaType::parse(name).ok()).collect();
    let chosen = accept.negotiate(&available)?.to_string();
    Some(if chosen == JSON { JSON } else { INTEGRITY })
}
