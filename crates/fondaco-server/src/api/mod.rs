//! One endpoint per file.

mod changes;
mod decided_file;
mod feed;
mod file;
mod healthz;
mod metrics;
mod openapi;
mod osv;
mod project_json;
mod readyz;
mod refusal;
mod removed;
mod search;
mod simple_project;
mod simple_root;
mod stats;
mod upload;
mod upload_status;
mod xmlrpc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};

use crate::app::App;
use crate::trouble::problem;
use openapi::Routes;

pub(crate) use decided_file::file as known_file;
pub(crate) use search::found;
pub(crate) use simple_root::listed_projects;

/// The routes of the Simple API, the files and the API of our own.
pub(crate) fn routes() -> Router<App> {
    described_routes().into_router()
}

fn described_routes() -> Routes {
    Routes::default()
        .route("/simple", get(simple_root::without_slash))
        .route("/simple/", get(simple_root::get))
        .route("/simple/{name}", get(simple_project::without_slash))
        .route("/simple/{name}/", get(simple_project::get))
        .route("/packages/{first}/{second}/{rest}/{file_name}", get(file::by_content))
        .route("/files/{upstream}/{project}/{file_name}", get(file::by_name))
        .route("/api/v1/files/{sha256}", get(decided_file::get))
        .route("/api/v1/uploads/{id}", get(upload_status::get))
        .route("/api/v1/changes", get(changes::get))
        .route("/api/v1/search", get(search::get))
        .route("/rss/updates.xml", get(feed::updates))
        .route("/rss/packages.xml", get(feed::packages))
        .route("/rss/project/{name}/releases.xml", get(feed::project))
        .route("/api/v1/openapi.json", get(openapi::get))
        .route("/api/v1/stats", get(stats::get))
        .route("/api/v1/stats/projects/{name}", get(stats::of_project))
        .route("/api/v1/removed", get(removed::get))
        .route("/rss/removed.xml", get(removed::rss))
        .route("/metrics", get(metrics::get))
        .route("/pypi/{name}/json", get(project_json::of_project))
        .route("/pypi/{name}/{version}/json", get(project_json::of_release))
        .route("/pypi", xmlrpc::route())
        .route("/pypi/", xmlrpc::route())
        .route("/RPC2", xmlrpc::route())
        .route("/legacy", post(upload::without_slash))
        .route("/legacy/", post(upload::post))
        .route("/v1/query", post(osv::query))
        .route("/v1/querybatch", post(osv::query_batch))
        .route("/v1/vulns/{id}", get(osv::vuln))
        .route("/healthz", get(healthz::get))
        .route("/readyz", get(readyz::get))
}

/// The address at which this client reaches the index: as configured, else as it says itself.
pub(crate) fn base(app: &App, request: &HeaderMap) -> String {
    if let Some(url) = &app.parts.settings.public_url {
        return url.clone();
    }
    let host = request.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if host.len() <= 255 && !host.is_empty() && host.chars().all(plain) {
        format!("http://{host}")
    } else {
        "http://localhost".to_owned()
    }
}

/// There is nothing at this address.
pub(crate) fn not_found(detail: impl Into<String>, hint: Option<String>) -> Response {
    problem(StatusCode::NOT_FOUND, detail.into(), hint)
}

/// What the client calls itself, as far as it may be written down.
pub(crate) fn user_agent(request: &HeaderMap) -> String {
    let text = request.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.chars().filter(|c| (' '..='~').contains(c)).take(200).collect()
}
