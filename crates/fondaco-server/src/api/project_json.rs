//! `GET /pypi/NAME/json` and `GET /pypi/NAME/VERSION/json`.
//!
//! A mirror (bandersnatch, by what it calls itself) copies what is told here, and takes a 404 for a
//! project that it may keep. So it is told of no file that is refused, and of a project that is served
//! no more as one without files, which it then stops offering.

use std::collections::{BTreeMap, HashMap};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{OwnFile, Timestamp};
use fondaco_pydist::{
    CoreMetadata, DistFilename, DistKind, ProjectName, ProjectStatus, Sha256, Version, release_of,
};
use fondaco_store::DayCount;
use fondaco_wire::osv;
use fondaco_wire::project_json::{Downloads, File, Project};
use fondaco_wire::simple::DetailFile;
use serde_json::Value;

use super::simple_project::moved;
use super::stats::days_ago;
use super::{base, not_found, user_agent};
use crate::app::App;
use crate::listing;
use crate::own_advisories;
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::view::{View, shown, view};

/// Largest metadata that is shown, in bytes.
const MAX_METADATA: u64 = 16 << 20;

pub(super) async fn of_project(
    reader: Reader,
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    answer((&app, &reader), &name, None, &headers).await
}

pub(super) async fn of_release(
    reader: Reader,
    State(app): State<App>,
    Path((name, version)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    answer((&app, &reader), &name, Some(&version), &headers).await
}

async fn answer(
    (app, reader): (&App, &Reader),
    raw: &str,
    version: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Trouble> {
    let absent = || not_found("there is no such project or release", None);
    let nothing = || Ok(absent());
    let Ok(project) = raw.parse::<ProjectName>() else { return nothing() };
    if !project.is_normalised(raw) {
        let (up, rest) = version.map_or(("../", String::new()), |version| ("../../", format!("{version}/")));
        return Ok(moved(&format!("{up}{project}/{rest}json"), None));
    }
    let wanted: Option<Version> = match version.map(str::parse) {
        Some(Err(_)) => return nothing(),
        Some(Ok(version)) => Some(version),
        None => None,
    };
    let for_mirror = user_agent(headers).starts_with("bandersnatch");
    let base = base(app, headers);
    let there = shown(app, reader, &project).await?;
    let is_known = there.is_some();
    let Some(view) = there.filter(|view| view.status().0 != ProjectStatus::Quarantined) else {
        if for_mirror
            && wanted.is_none()
            && let Some(view) = view(app, reader, &project).await?
            && app.parts.store.was_served(&project).await?
        {
            return Ok(told(&empty(&view, &base), view.serial));
        }
        return if is_known { nothing() } else { Ok(reader.nothing(app, &project, absent())) };
    };
    let own = own_files(app, &view).await?;
    let counts = match reader.may_read_past(app, &project).await? {
        true => app.parts.store.downloads_by_day(&project, Timestamp::MIN).await?,
        false => Vec::new(),
    };
    let mut releases = releases(&view, &own, &base, for_mirror);
    for file in releases.values_mut().flatten() {
        let of_file = counts.iter().filter(|count| count.file_name == file.file_name);
        file.downloads = of_file.map(|count| count.downloads).sum();
    }
    let Some(chosen) = chosen(&releases, wanted.as_ref()) else {
        let every = for_mirror && wanted.is_none();
        return if every { Ok(told(&empty(&view, &base), view.serial)) } else { nothing() };
    };
    let metadata = metadata(app, &view, &own, &chosen).await?;
    let display_name = metadata.as_ref().map(|m| m.name.clone()).filter(|name| !name.is_empty());
    let body = Project {
        name: display_name.unwrap_or_else(|| project.to_string()),
        version: chosen.to_string(),
        metadata,
        page: format!("{base}/simple/{project}/"),
        serial: view.serial,
        releases: releases.into_iter().map(|(version, files)| (version.to_string(), files)).collect(),
        with_releases: wanted.is_none(),
        downloads: lately(app, &counts),
        vulnerabilities: vulnerabilities(app, &view, &chosen).await?,
    };
    Ok(told(&body, view.serial))
}

/// The files of our own by name; none where the project is another's.
async fn own_files(app: &App, view: &View) -> Result<HashMap<String, OwnFile>, Trouble> {
    if !view.layer.is_own() {
        return Ok(HashMap::new());
    }
    let files = app.parts.store.own_files(&view.project).await?;
    Ok(files.into_iter().map(|file| (file.file_name.clone(), file)).collect())
}

/// A release, and what else there is.
pub(crate) struct Shown {
    pub(crate) version: Version,
    pub(crate) metadata: Option<CoreMetadata>,
    pub(crate) releases: BTreeMap<Version, Vec<File>>,
    pub(crate) vulnerabilities: Vec<Value>,
}

/// The release of a project that is asked for, else the one that people would get; `None` where there is no
/// such release.
pub(crate) async fn release(
    app: &App,
    view: &View,
    wanted: Option<&Version>,
    base: &str,
) -> Result<Option<Shown>, Trouble> {
    let own = own_files(app, view).await?;
    let releases = releases(view, &own, base, false);
    let Some(version) = chosen(&releases, wanted) else { return Ok(None) };
    let metadata = metadata(app, view, &own, &version).await?;
    let vulnerabilities = vulnerabilities(app, view, &version).await?;
    Ok(Some(Shown { version, metadata, releases, vulnerabilities }))
}

fn told(body: &Project, serial: u64) -> Response {
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::VARY, HeaderValue::from_static("User-Agent")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (header::HeaderName::from_static("x-pypi-last-serial"), HeaderValue::from(serial)),
    ];
    (headers, Json(body.to_json())).into_response()
}

/// A project without files, for a mirror that may have some.
fn empty(view: &View, base: &str) -> Project {
    Project {
        name: view.project.to_string(),
        version: String::new(),
        metadata: None,
        page: format!("{base}/simple/{}/", view.project),
        serial: view.serial,
        releases: BTreeMap::new(),
        with_releases: true,
        downloads: Downloads::default(),
        vulnerabilities: Vec::new(),
    }
}

/// What is known of a release: by feeds, which know nothing of ours, since that is another project of the
/// name; by reports that reviewers here have confirmed; by the verdicts of inspections here. What was
/// withdrawn is not told.
async fn vulnerabilities(app: &App, view: &View, version: &Version) -> Result<Vec<Value>, Trouble> {
    let project = &view.project;
    let release = release_of(version);
    let verdicts = own_advisories::about_release(app, (&view.layer, project), &release).await?;
    let mut advisories = app.parts.store.advisories_of(project).await?;
    advisories.retain(|one| (one.own || !view.layer.is_own()) && one.affects(project, version));
    // Another index may have made a record of the same content: ours is the one.
    advisories.retain(|one| verdicts.iter().all(|own| own.id() != one.id.as_str()));
    let records = advisories.into_iter().map(|advisory| advisory.record);
    let in_force = verdicts.iter().filter(|own| own.withdrawn_at.is_none());
    let records = records.chain(in_force.map(|own| own.to_json().to_string()));
    Ok(records.filter_map(|record| osv::vulnerability(&record, project)).collect())
}

/// By whole days: what is counted is the day of a download.
fn lately(app: &App, counts: &[DayCount]) -> Downloads {
    let of_days = |days: u32| {
        let since = days_ago(app.now(), days);
        counts.iter().filter(|count| count.day > since).map(|count| count.downloads).sum()
    };
    Downloads { last_day: of_days(1), last_week: of_days(7), last_month: of_days(30) }
}

fn releases(
    view: &View,
    own: &HashMap<String, OwnFile>,
    base: &str,
    for_mirror: bool,
) -> BTreeMap<Version, Vec<File>> {
    let mut releases: BTreeMap<Version, Vec<File>> = BTreeMap::new();
    let refused =
        |file: &DetailFile| view.file(&file.file_name).is_some_and(|known| known.refusal().is_some());
    for file in listing::detail(view, base).files {
        if for_mirror && refused(&file) {
            continue;
        }
        let Ok(name) = DistFilename::of_project(&file.file_name, &view.project) else { continue };
        let own = own.get(&file.file_name);
        releases.entry(name.version().clone()).or_default().push(entry(file, &name, own, base));
    }
    releases
}

fn entry(file: DetailFile, name: &DistFilename, own: Option<&OwnFile>, base: &str) -> File {
    let (package_type, python_version) = match name.kind() {
        DistKind::Wheel => {
            ("bdist_wheel", name.tags().and_then(|tags| tags.split('-').next()).unwrap_or_default())
        }
        DistKind::Sdist(_) => ("sdist", "source"),
        DistKind::Legacy => ("bdist_egg", ""),
    };
    File {
        url: format!("{base}/{}", file.url.trim_start_matches("../")),
        package_type,
        python_version: python_version.to_owned(),
        sha256: file.sha256,
        md5: own.map(|own| own.md5.clone()),
        blake2_256: own.map(|own| own.blake2_256.clone()),
        size: file.size,
        upload_time: file.upload_time,
        requires_python: file.requires_python,
        yanked: file.yanked,
        downloads: 0,
        file_name: file.file_name,
    }
}

/// The release that is asked for; else the newest that is neither yanked nor a pre-release, else
/// the newest.
fn chosen(releases: &BTreeMap<Version, Vec<File>>, wanted: Option<&Version>) -> Option<Version> {
    if let Some(wanted) = wanted {
        return releases.keys().find(|version| release_of(version) == release_of(wanted)).cloned();
    }
    let good = |(version, files): &(&Version, &Vec<File>)| {
        version.is_stable() && files.iter().any(|file| file.yanked.is_none())
    };
    let newest = releases.iter().rev().find(good).or_else(|| releases.iter().next_back());
    newest.map(|(version, _)| version.clone())
}

/// The metadata of a release, where one of its files has it stored here.
async fn metadata(
    app: &App,
    view: &View,
    own: &HashMap<String, OwnFile>,
    version: &Version,
) -> Result<Option<CoreMetadata>, Trouble> {
    let release = release_of(version);
    let digests: Vec<Sha256> = view
        .listed()
        .filter(|(file, _)| file.record.release == release)
        .filter_map(|(file, listed)| match own.get(&file.record.key.file_name) {
            Some(own) => Some(own.metadata),
            None => file.record.served_metadata.or(listed.core_metadata.sha256()),
        })
        .collect();
    for digest in digests {
        if let Some(verified) = app.parts.metadata.read(digest).await? {
            let bytes = verified.read_all(MAX_METADATA).await?;
            return Ok(Some(CoreMetadata::parse(&bytes)));
        }
    }
    Ok(None)
}
