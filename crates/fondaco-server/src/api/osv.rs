//! `POST /v1/query`, `POST /v1/querybatch`, `GET /v1/vulns/ID`: OSV's own API over what was imported
//! and what inspections here found malicious, so that stock clients (`uv`, `pip-audit`) can ask.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use fondaco_model::{AdvisoryId, Timestamp, UpstreamName, rfc3339};
use fondaco_pydist::release_of;
use fondaco_store::FoundWanted;
use fondaco_wire::osv::{
    BatchResult, BatchVuln, Query, QueryBatch, Subject, Wanted, digest_of_own_id, names_version,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{base, not_found};
use crate::app::App;
use crate::layers;
use crate::own_advisories::{may_read_all, of_verdicts};
use crate::reader::Reader;
use crate::trouble::{Trouble, problem};

/// Questions in one batch; OSV's own limit.
const MAX_QUERIES: usize = 1000;

/// One record that answers a question.
struct Found {
    id: String,
    modified: Timestamp,
    record: Value,
}

pub(super) async fn query(
    reader: Reader,
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let subject = match read::<Query>(&body).and_then(|query| query.subject().map_err(|e| e.to_string())) {
        Ok(subject) => subject,
        Err(why) => return Ok(meaningless(why)),
    };
    let found = answer((&app, &reader), subject.as_ref(), &base(&app, &headers)).await?;
    let vulns: Vec<Value> = found.into_iter().map(|found| found.record).collect();
    Ok(Json(if vulns.is_empty() { json!({}) } else { json!({"vulns": vulns}) }).into_response())
}

pub(super) async fn query_batch(
    reader: Reader,
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let batch = match read::<QueryBatch>(&body) {
        Ok(batch) if batch.queries.len() <= MAX_QUERIES => batch,
        Ok(_) => return Ok(meaningless(format!("at most {MAX_QUERIES} questions in one batch"))),
        Err(why) => return Ok(meaningless(why)),
    };
    let subjects: Result<Vec<Option<Subject>>, _> = batch.queries.iter().map(Query::subject).collect();
    let subjects = match subjects {
        Ok(subjects) => subjects,
        Err(why) => return Ok(meaningless(why.to_string())),
    };
    let base = base(&app, &headers);
    let mut results = Vec::with_capacity(subjects.len());
    for subject in &subjects {
        let vuln = |found: Found| BatchVuln { id: found.id, modified: rfc3339(found.modified) };
        let found = answer((&app, &reader), subject.as_ref(), &base).await?;
        results.push(BatchResult { vulns: found.into_iter().map(vuln).collect() });
    }
    Ok(Json(json!({"results": results})).into_response())
}

pub(super) async fn vuln(
    reader: Reader,
    State(app): State<App>,
    Path(raw): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let Ok(id) = raw.parse::<AdvisoryId>() else { return Ok(not_found("that is no advisory's id", None)) };
    // What another index makes of a content has the same id; here our own verdict counts.
    if let Some(digits) = digest_of_own_id(id.as_str()) {
        let wanted = FoundWanted::Begin(digits);
        let own = of_verdicts((&app, &reader), wanted, &base(&app, &headers)).await?;
        if let Some(record) = own.first() {
            return Ok(Json(record.to_json()).into_response());
        }
    }
    let told = match app.parts.store.advisory_state(&id).await? {
        Some((_, true)) => may_read_all(&app, &reader, &id).await?,
        Some((_, false)) => true,
        None => false,
    };
    match app.parts.store.advisory_record(&id).await?.filter(|_| told) {
        Some(record) => Ok(Json(serde_json::from_str::<Value>(&record).unwrap_or_default()).into_response()),
        None => Ok(not_found("no advisory of that id is known here", None)),
    }
}

/// The body as JSON, whatever type the client gives it: pip-audit gives none.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| format!("that is no query: {error}"))
}

fn meaningless(why: String) -> Response {
    let hint = r#"e.g. {"package": {"name": "flask", "ecosystem": "PyPI"}, "version": "3.0"}"#;
    problem(StatusCode::BAD_REQUEST, why, Some(hint.to_owned()))
}

async fn answer(
    (app, reader): (&App, &Reader),
    subject: Option<&Subject>,
    base: &str,
) -> Result<Vec<Found>, Trouble> {
    let Some(Subject { project, version }) = subject else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    // What feeds say is of a project elsewhere: our own of that name is another.
    let own = layers::is_own(app, project).await?;
    let readable = reader.may_read(app, &layers::layer(app, project, own), project);
    let shadowed = own && reader.may_read(app, &UpstreamName::own(), project);
    let mut known = app.parts.store.advisories_of(project).await?;
    known.retain(|one| if one.own { readable } else { !shadowed });
    let verdicts = of_verdicts((app, reader), FoundWanted::Of(project), base).await?;
    // Another index may have made a record of the same content: ours is the one.
    known.retain(|one| verdicts.iter().all(|own| own.id() != one.id.as_str()));
    for advisory in known {
        let about = match version {
            Wanted::Version(version) => advisory.affects(project, version),
            Wanted::Text(text) => names_version(&advisory.record, project, text),
            Wanted::Any => advisory.withdrawn.is_none(),
        };
        if about {
            let record = serde_json::from_str(&advisory.record).unwrap_or_default();
            found.push(Found { id: advisory.id.to_string(), modified: advisory.modified, record });
        }
    }
    for own in verdicts {
        let is_about =
            |wanted: &str| own.places.iter().any(|(at, release)| at == project && release == wanted);
        let about = match version {
            Wanted::Version(version) => is_about(&release_of(version)),
            Wanted::Text(_) => false,
            Wanted::Any => true,
        };
        if about && own.withdrawn_at.is_none() {
            found.push(Found { id: own.id(), modified: own.modified_at, record: own.to_json() });
        }
    }
    Ok(found)
}
