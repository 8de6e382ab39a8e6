//! `GET /api/v1/stats` and `GET /api/v1/stats/projects/NAME?days=30`: how often files were served.

use std::collections::{BTreeMap, HashMap, HashSet};

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::Timestamp;
use fondaco_pydist::{DistFilename, ProjectName, ProjectStatus};
use fondaco_wire::stats_v1::{Count, Index, Project, ProjectCount};

use super::{listed_projects, not_found};
use crate::app::App;
use crate::layers;
use crate::reader::Reader;
use crate::trouble::{Trouble, problem};
use crate::view::stored;

/// Days that are counted where nothing is said, and at most.
const DAYS: u32 = 30;
const MOST_DAYS: u32 = 3_660;
/// Projects that are told of as the most served.
const TOP: usize = 100;

type Parameters = HashMap<String, String>;

pub(super) async fn get(
    reader: Reader,
    State(app): State<App>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Trouble> {
    let Some(days) = days(&parameters) else { return Ok(no_days()) };
    let listed: HashSet<ProjectName> =
        listed_projects(&app, &reader).await?.into_iter().map(|(name, _)| name).collect();
    let counts = counted(&app, &reader, &listed, days_ago(app.now(), days)).await?;
    let top = counts.into_iter().take(TOP);
    let downloads = match reader.reads_all(&app) {
        true => app.parts.store.figures().await?.downloads,
        false => {
            let ever = counted(&app, &reader, &listed, Timestamp::MIN).await?;
            ever.iter().map(|(_, downloads)| downloads).sum()
        }
    };
    let body = Index {
        schema: "fondaco.stats/1",
        projects: listed.len(),
        downloads,
        days,
        top_projects: top
            .map(|(project, downloads)| ProjectCount { project: project.to_string(), downloads })
            .collect(),
    };
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(body)).into_response())
}

pub(super) async fn of_project(
    reader: Reader,
    State(app): State<App>,
    Path(name): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Trouble> {
    let Some(days) = days(&parameters) else { return Ok(no_days()) };
    let absent = || not_found("nothing is counted for such a project", None);
    let Ok(project) = name.parse::<ProjectName>() else { return Ok(absent()) };
    if !is_told_of(&app, &reader, &project).await? {
        return Ok(reader.nothing(&app, &project, absent()));
    }
    let (mut by_day, mut by_release, mut by_file) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut downloads = 0;
    for count in app.parts.store.downloads_by_day(&project, days_ago(app.now(), days)).await? {
        downloads += count.downloads;
        *by_day.entry(count.day.strftime("%Y-%m-%d").to_string()).or_insert(0) += count.downloads;
        if let Ok(name) = DistFilename::of_project(&count.file_name, &project) {
            *by_release.entry(name.release()).or_insert(0) += count.downloads;
        }
        *by_file.entry(count.file_name).or_insert(0) += count.downloads;
    }
    let counts = |by: BTreeMap<String, u64>| {
        by.into_iter().map(|(of, downloads)| Count { of, downloads }).collect::<Vec<_>>()
    };
    let body = Project {
        schema: "fondaco.stats.project/1",
        project: project.to_string(),
        days,
        downloads,
        by_day: counts(by_day),
        by_release: counts(by_release),
        by_file: counts(by_file),
    };
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(body)).into_response())
}

/// The projects that are listed and whose past this reader may read, each with its downloads since
/// then, the most served first.
async fn counted(
    app: &App,
    reader: &Reader,
    listed: &HashSet<ProjectName>,
    since: Timestamp,
) -> Result<Vec<(ProjectName, u64)>, Trouble> {
    let mut counted = Vec::new();
    for (project, downloads) in app.parts.store.downloads_by_project(since).await? {
        if listed.contains(&project) && reader.may_read_past(app, &project).await? {
            counted.push((project, downloads));
        }
    }
    Ok(counted)
}

/// Whether a reader is told a project's figures: it is not in quarantine, and listed or was served.
/// No upstream is asked for it.
async fn is_told_of(app: &App, reader: &Reader, project: &ProjectName) -> Result<bool, Trouble> {
    if !reader.may_read_past(app, project).await? {
        return Ok(false);
    }
    if layers::is_own(app, project).await? {
        let Some(view) = stored(app, reader, project).await? else { return Ok(false) };
        return Ok(view.is_there() && view.status().0 != ProjectStatus::Quarantined);
    }
    let quarantines = app.parts.store.quarantines_of(project).await?;
    let shut = quarantines.iter().any(|quarantine| quarantine.scope.is_whole());
    Ok(!shut && app.parts.store.was_served(project).await?)
}

/// How many days are asked for.
fn days(parameters: &Parameters) -> Option<u32> {
    let days = parameters.get("days").map_or(Some(DAYS), |text| text.parse().ok());
    days.filter(|days| (1..=MOST_DAYS).contains(days))
}

fn no_days() -> Response {
    problem(StatusCode::BAD_REQUEST, format!("days is a number from 1 to {MOST_DAYS}"), None)
}

/// The instant so many days of 24 hours ago.
pub(super) fn days_ago(now: Timestamp, days: u32) -> Timestamp {
    let ago = std::time::Duration::from_secs(u64::from(days) * 86_400);
    now.checked_sub(ago).unwrap_or(Timestamp::MIN)
}
