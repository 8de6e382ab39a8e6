//! One endpoint per file.

mod bans;
mod breaker;
mod campaign;
mod campaigns;
mod changes;
mod decided_file;
mod feed;
mod file;
mod healthz;
mod integrity;
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
mod switches;
mod upload;
mod upload_status;
mod xmlrpc;

use axum::handler::Handler;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use crate::app::App;
use crate::endpoints::Endpoints;
use crate::trouble::problem;

pub(crate) use campaign::told_campaign;
pub(crate) use campaigns::campaigns_for;
pub(crate) use decided_file::file as known_file;
pub(crate) use search::found;
pub(crate) use simple_root::listed_projects;

/// The endpoints of the Simple API, the files and the API of our own.
pub(crate) fn endpoints(table: Endpoints) -> Endpoints {
    table
        .open("/simple", simple_root::without_slash)
        .read("/simple/", simple_root::get)
        .open("/simple/{name}", simple_project::without_slash)
        .read("/simple/{name}/", simple_project::get)
        .read("/packages/{first}/{second}/{rest}/{file_name}", file::by_content)
        .read("/files/{upstream}/{project}/{file_name}", file::by_name)
        .read("/api/v1/files/{sha256}", decided_file::get)
        .read("/api/v1/uploads/{id}", upload_status::get)
        .read("/api/v1/changes", changes::get)
        .read("/api/v1/campaigns", campaigns::get)
        .read("/api/v1/campaigns/{id}", campaign::get)
        .read("/api/v1/search", search::get)
        .open("/api/v1/switches", switches::list)
        .set("/api/v1/switches/{switch}", switches::set)
        .delete("/api/v1/switches/{switch}", switches::lift)
        .look("/api/v1/breaker", breaker::get)
        .set("/api/v1/breaker/{switch}", breaker::pin)
        .delete("/api/v1/breaker/{switch}", breaker::reset)
        .delete("/api/v1/blocks/{kind}/{key}", breaker::unblock)
        .look("/api/v1/bans", bans::list)
        .set("/api/v1/bans/{network}", bans::set)
        .delete("/api/v1/bans/{network}", bans::lift)
        .read("/rss/updates.xml", feed::updates)
        .read("/rss/packages.xml", feed::packages)
        .read("/rss/project/{name}/releases.xml", feed::project)
        .open("/api/v1/openapi.json", openapi::get)
        .read("/api/v1/stats", stats::get)
        .read("/api/v1/stats/projects/{name}", stats::of_project)
        .read("/api/v1/removed", removed::get)
        .read("/rss/removed.xml", removed::rss)
        .open("/metrics", metrics::get)
        .read("/pypi/{name}/json", project_json::of_project)
        .read("/pypi/{name}/{version}/json", project_json::of_release)
        .ask("/pypi", xmlrpc::post.layer(xmlrpc::limit()))
        .ask("/pypi/", xmlrpc::post.layer(xmlrpc::limit()))
        .ask("/RPC2", xmlrpc::post.layer(xmlrpc::limit()))
        .read("/integrity/{name}/{version}/{file_name}/provenance", integrity::get)
        .upload("/legacy", upload::without_slash)
        .upload("/legacy/", upload::post)
        .ask("/v1/query", osv::query)
        .ask("/v1/querybatch", osv::query_batch)
        .read("/v1/vulns/{id}", osv::vuln)
        .open("/healthz", healthz::get)
        .open("/readyz", readyz::get)
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
