//! `GET /rss/updates.xml`, `/rss/packages.xml` and `/rss/project/NAME/releases.xml`: news of our own
//! projects. What isn't served is in none.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{OwnRelease, Timestamp};
use fondaco_pydist::{ProjectName, ProjectStatus};
use rss::{Channel, Guid, Item};

use super::{base, not_found};
use crate::app::App;
use crate::layers;
use crate::reader::Reader;
use crate::trouble::Trouble;
use crate::view::stored;

/// Releases in the feed of all.
const UPDATES: usize = 100;
/// Entries in the other feeds.
const MOST: usize = 40;

/// Releases or projects that are looked up at a time, and how often: what isn't served is passed over.
const PAGE: u32 = 100;
const PAGES: u32 = 50;

/// A release that is served.
struct Served {
    project: ProjectName,
    release: OwnRelease,
}

pub(super) async fn updates(
    reader: Reader,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let mut served: Vec<Served> = Vec::new();
    for page in 0..PAGES {
        let newest = app.parts.store.newest_own_releases((page * PAGE, PAGE)).await?;
        let is_last = newest.len() < PAGE as usize;
        for (project, release) in newest {
            if is_served((&app, &reader), &project, &release).await? {
                served.push(Served { project, release });
            }
            if served.len() >= UPDATES {
                break;
            }
        }
        if is_last || served.len() >= UPDATES {
            break;
        }
    }
    Ok(feed("Newest releases", newest_first(served, UPDATES), &base(&app, &headers)))
}

pub(super) async fn packages(
    reader: Reader,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let mut first = Vec::new();
    for page in 0..PAGES {
        let newest = app.parts.store.newest_own_projects((page * PAGE, PAGE)).await?;
        let is_last = newest.len() < PAGE as usize;
        for project in newest {
            let releases = of_project((&app, &reader), &project).await?;
            first.extend(releases.into_iter().min_by_key(|served| served.release.made_at));
            if first.len() >= MOST {
                break;
            }
        }
        if is_last || first.len() >= MOST {
            break;
        }
    }
    Ok(feed("Newest projects", newest_first(first, MOST), &base(&app, &headers)))
}

pub(super) async fn project(
    reader: Reader,
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let absent = || not_found("there is no feed of such a project", None);
    let Ok(project) = name.parse::<ProjectName>() else { return Ok(absent()) };
    if !layers::is_own(&app, &project).await? {
        return Ok(reader.nothing(&app, &project, absent()));
    }
    let releases = of_project((&app, &reader), &project).await?;
    if releases.is_empty() {
        return Ok(reader.nothing(&app, &project, absent()));
    }
    Ok(feed(&format!("Releases of {project}"), newest_first(releases, MOST), &base(&app, &headers)))
}

/// The releases of a project of our own that are served now, and to this reader.
async fn of_project((app, reader): (&App, &Reader), project: &ProjectName) -> Result<Vec<Served>, Trouble> {
    let Some(view) = stored(app, reader, project).await? else { return Ok(Vec::new()) };
    if !view.layer.is_own() || view.status().0 == ProjectStatus::Quarantined {
        return Ok(Vec::new());
    }
    let mut releases = app.parts.store.own_releases(project).await?;
    releases.retain(|release| view.listed().any(|(file, _)| file.record.release == release.release));
    Ok(releases.into_iter().map(|release| Served { project: project.clone(), release }).collect())
}

/// Whether a release of a project of our own is served now, and to this reader.
async fn is_served(
    (app, reader): (&App, &Reader),
    project: &ProjectName,
    release: &OwnRelease,
) -> Result<bool, Trouble> {
    let Some(view) = stored(app, reader, project).await? else { return Ok(false) };
    let is_open = view.layer.is_own() && view.status().0 != ProjectStatus::Quarantined;
    Ok(is_open && view.listed().any(|(file, _)| file.record.release == release.release))
}

fn newest_first(mut served: Vec<Served>, most: usize) -> Vec<Served> {
    served.sort_by(|a, b| b.release.made_at.cmp(&a.release.made_at).then_with(|| a.project.cmp(&b.project)));
    served.truncate(most);
    served
}

fn feed(title: &str, served: Vec<Served>, base: &str) -> Response {
    let item = |Served { project, release }: Served| {
        let title = format!("{project} {}", release.version);
        let link = format!("{base}/simple/{project}/");
        Item {
            guid: Some(Guid { value: format!("{link}#{}", release.version), permalink: false }),
            title: Some(title),
            link: Some(link),
            pub_date: Some(rfc2822(release.made_at)),
            ..Item::default()
        }
    };
    let about = "Releases of this index's own projects that are served";
    channel(title, about, served.into_iter().map(item).collect(), base)
}

/// A feed of these items.
pub(super) fn channel(title: &str, about: &str, items: Vec<Item>, base: &str) -> Response {
    let channel = Channel {
        title: title.to_owned(),
        link: format!("{base}/"),
        description: about.to_owned(),
        items,
        ..Channel::default()
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/rss+xml; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, channel.to_string()).into_response()
}

/// An instant as RSS writes it: `Sat, 31 Jan 2026 12:00:00 GMT`.
pub(super) fn rfc2822(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn dates_as_rss_wants_them() {
        let at = "2026-01-31T12:00:00Z".parse().unwrap();
        assert_eq!(super::rfc2822(at), "Sat, 31 Jan 2026 12:00:00 GMT");
    }
}
