//! `POST /v1/query`, `POST /v1/querybatch`, `GET /v1/vulns/ID`: OSV's own API over what was imported
//! and what inspections here found malicious, so that stock clients (`uv`, `pip-audit`) can ask.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_model::{AdvisoryId, Timestamp, UpstreamName, rfc3339};
use fondaco_pydist::{DistFilename, ProjectName, Sha256, Version};
use fondaco_wire::osv::{BatchResult, BatchVuln, Query, QueryBatch, own_id, own_record};
use serde_json::{Value, json};

use super::not_found;
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
    Json(query): Json<Query>,
) -> Result<Response, Trouble> {
    let found = answer((&app, &reader), &query).await?;
    let vulns: Vec<Value> = found.into_iter().map(|found| found.record).collect();
    Ok(Json(if vulns.is_empty() { json!({}) } else { json!({"vulns": vulns}) }).into_response())
}

pub(super) async fn query_batch(
    reader: Reader,
    State(app): State<App>,
    Json(batch): Json<QueryBatch>,
) -> Result<Response, Trouble> {
    if batch.queries.len() > MAX_QUERIES {
        let detail = format!("at most {MAX_QUERIES} questions in one batch");
        return Ok(problem(StatusCode::BAD_REQUEST, detail, None));
    }
    let mut results = Vec::with_capacity(batch.queries.len());
    for query in &batch.queries {
        let vuln = |found: Found| BatchVuln { id: found.id, modified: rfc3339(found.modified) };
        results.push(BatchResult {
            vulns: answer((&app, &reader), query).await?.into_iter().map(vuln).collect(),
        });
    }
    Ok(Json(json!({"results": results})).into_response())
}

pub(super) async fn vuln(
    reader: Reader,
    State(app): State<App>,
    Path(raw): Path<String>,
) -> Result<Response, Trouble> {
    let Ok(id) = raw.parse::<AdvisoryId>() else { return Ok(not_found("that is no advisory's id", None)) };
    if let Some(record) = app.parts.store.advisory_record(&id).await? {
        return Ok(Json(serde_json::from_str::<Value>(&record).unwrap_or_default()).into_response());
    }
    let own = own_records((&app, &reader), None).await?.into_iter().find(|found| found.id == id.as_str());
    match own {
        Some(found) => Ok(Json(found.record).into_response()),
        None => Ok(not_found("no advisory of that id is known here", None)),
    }
}

async fn answer((app, reader): (&App, &Reader), query: &Query) -> Result<Vec<Found>, Trouble> {
    let Some((project, version)) = query.subject() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    // What feeds say is of a project elsewhere: our own of that name is another.
    let own = layers::is_own(app, &project).await?;
    let imported = match own && reader.may_read(app, &UpstreamName::own(), &project) {
        true => Vec::new(),
        false => app.parts.store.advisories_of(&project).await?,
    };
    for advisory in imported {
        let about = match &version {
            Some(version) => advisory.affects(&project, version),
            None => advisory.withdrawn.is_none(),
        };
        if about {
            let record = serde_json::from_str(&advisory.record).unwrap_or_default();
            found.push(Found { id: advisory.id.to_string(), modified: advisory.modified, record });
        }
    }
    let release = version.as_ref().map(|version| release_of(&project, version));
    for (own, releases) in own_by_release((app, reader), Some(&project)).await? {
        if release.as_ref().is_none_or(|release| releases.contains(release)) {
            found.push(own);
        }
    }
    Ok(found)
}

/// A version in the form in which releases are kept.
fn release_of(project: &ProjectName, version: &Version) -> String {
    let file_name = format!("{}-{version}.tar.gz", project.as_dist_info_name());
    DistFilename::of_project(&file_name, project).map_or_else(|_| version.to_string(), |name| name.release())
}

async fn own_records(
    (app, reader): (&App, &Reader),
    project: Option<&ProjectName>,
) -> Result<Vec<Found>, Trouble> {
    Ok(own_by_release((app, reader), project).await?.into_iter().map(|(found, _)| found).collect())
}

/// The records of own verdicts on what this reader may read, each with the releases that it is about. What an operator has
/// allowed all the same is none.
async fn own_by_release(
    (app, reader): (&App, &Reader),
    project: Option<&ProjectName>,
) -> Result<Vec<(Found, Vec<String>)>, Trouble> {
    let mut places: BTreeMap<Sha256, (Timestamp, Vec<(ProjectName, String)>)> = BTreeMap::new();
    for (digest, key, release, at) in app.parts.store.malicious_files(project).await? {
        if !reader.may_read(app, &key.0, &key.1) {
            continue;
        }
        let project = key.1;
        let entry = places.entry(digest).or_insert((at, Vec::new()));
        entry.1.push((project, release));
    }
    let mut found = Vec::with_capacity(places.len());
    for (digest, (modified, places)) in places {
        let rulings = app.parts.store.rulings(Some(digest)).await?;
        let allowed = rulings.iter().find(|ruling| ruling.is_in_force(app.now()));
        if allowed.is_some_and(|ruling| ruling.decision == fondaco_verdict::Decision::Allow) {
            continue;
        }
        let evidence = app.parts.store.newest_evidence(digest).await?;
        let titles = evidence.map(|evidence| evidence.titles.join("; ")).unwrap_or_default();
        let record =
            own_record(digest, modified, &format!("found malicious by inspection: {titles}"), &places);
        let releases = places.into_iter().map(|(_, release)| release).collect();
        found.push((Found { id: own_id(digest), modified, record }, releases));
    }
    Ok(found)
}
