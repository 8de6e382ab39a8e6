//! `POST /v1/query`, `POST /v1/querybatch`, `GET /v1/vulns/ID`: OSV's own API over what was imported
//! and what inspections here found malicious, so that stock clients (`uv`, `pip-audit`) can ask.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use fondaco_model::{AdvisoryId, Timestamp, UpstreamName, rfc3339};
use fondaco_pydist::{ProjectName, Sha256, release_of};
use fondaco_verdict::Decision;
use fondaco_wire::osv::{
    BatchResult, BatchVuln, OwnRecord, Query, QueryBatch, Subject, Wanted, digest_of_own_id, is_confirmed_id,
    names_version,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{base, not_found};
use crate::app::App;
use crate::layers;
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
    let told = !is_confirmed_id(id.as_str()) || may_read_all(&app, &reader, &id).await?;
    if let Some(record) = app.parts.store.advisory_record(&id).await?.filter(|_| told) {
        return Ok(Json(serde_json::from_str::<Value>(&record).unwrap_or_default()).into_response());
    }
    let own = match digest_of_own_id(id.as_str()) {
        Some(digits) => own_records((&app, &reader), None, Some(digits), &base(&app, &headers)).await?,
        None => Vec::new(),
    };
    match own.first() {
        Some(record) => Ok(Json(record.to_json()).into_response()),
        None => Ok(not_found("no advisory of that id is known here", None)),
    }
}

/// Whether a reader may read every project that a record is about.
async fn may_read_all(app: &App, reader: &Reader, id: &AdvisoryId) -> Result<bool, Trouble> {
    for project in app.parts.store.projects_of_advisory(id).await? {
        let own = layers::is_own(app, &project).await?;
        if !reader.may_read(app, &layers::layer(app, &project, own), &project) {
            return Ok(false);
        }
    }
    Ok(true)
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
    known.retain(|one| if is_confirmed_id(one.id.as_str()) { readable } else { !shadowed });
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
    for own in own_records((app, reader), Some(project), None, base).await? {
        let is_about =
            |wanted: &str| own.places.iter().any(|(at, release)| at == project && release == wanted);
        let about = match version {
            Wanted::Version(version) => is_about(&release_of(version)),
            Wanted::Text(_) => false,
            Wanted::Any => true,
        };
        if about && own.withdrawn_at.is_none() {
            found.push(Found { id: own.id(), modified: own.modified(), record: own.to_json() });
        }
    }
    Ok(found)
}

/// The records of own verdicts on what this reader may read: of one project, or whose digest begins
/// so. What an operator has allowed all the same is withdrawn.
async fn own_records(
    (app, reader): (&App, &Reader),
    project: Option<&ProjectName>,
    digits: Option<&str>,
    base: &str,
) -> Result<Vec<OwnRecord>, Trouble> {
    let mut places: BTreeMap<Sha256, (Timestamp, Vec<(ProjectName, String)>)> = BTreeMap::new();
    for (digest, (layer, project), release, at) in app.parts.store.malicious_files(project, digits).await? {
        if !reader.may_read(app, &layer, &project) {
            continue;
        }
        let entry = places.entry(digest).or_insert((at, Vec::new()));
        entry.1.push((project, release));
    }
    let mut records = Vec::with_capacity(places.len());
    for (sha256, (found_at, places)) in places {
        let rulings = app.parts.store.rulings(Some(sha256)).await?;
        let ruling = rulings.iter().find(|ruling| ruling.is_in_force(app.now()));
        let evidence = app.parts.store.newest_evidence(sha256).await?;
        records.push(OwnRecord {
            sha256,
            found_at,
            withdrawn_at: ruling.filter(|one| one.decision == Decision::Allow).map(|one| one.made_at),
            titles: evidence.map(|evidence| evidence.titles).unwrap_or_default(),
            report: format!("{base}/reports/{sha256}"),
            places,
        });
    }
    Ok(records)
}
