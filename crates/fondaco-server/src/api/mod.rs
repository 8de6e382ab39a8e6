//! One endpoint per file.

mod account;
mod account_emails;
mod account_password;
mod account_sessions;
mod appeals;
mod audit;
mod bans;
mod breaker;
mod campaign;
mod campaigns;
mod changes;
mod decided_file;
mod desk;
mod disclose_token;
mod entering;
mod factors;
mod feed;
mod file;
mod file_downloads;
mod healthz;
mod integrity;
mod metrics;
mod observations;
mod oidc;
mod openapi;
mod osv;
mod osv_export;
mod password_strength;
mod project_json;
mod publishers;
mod readyz;
mod refusal;
mod reinspection;
mod removed;
mod roles;
mod search;
mod simple_project;
mod simple_root;
mod stats;
mod switches;
mod tokens;
mod upload;
mod upload_status;
mod users;
mod xmlrpc;

use axum::handler::Handler;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use crate::app::App;
use crate::endpoints::{Endpoints, Verb};
use crate::trouble::problem;

pub(crate) use appeals::{appeal, appeal_upload, settle as settle_appeal};
pub(crate) use breaker::{pin_by, reset_by, unblock_by};
pub(crate) use campaign::told_campaign;
pub(crate) use campaigns::campaigns_for;
pub(crate) use decided_file::file as known_file;
pub(crate) use desk::{Item, ItemFile, act as review, item as desk_item};
pub(crate) use observations::{report, settle as settle_observation};
pub(crate) use project_json::{Shown, release};
pub(crate) use publishers::{add_for, remove_for, theirs};
pub(crate) use roles::told as roles_told;
pub(crate) use search::found;
pub(crate) use simple_root::listed_projects;
pub(crate) use switches::{Lifting, lift_by, set_by};
pub(crate) use tokens::{NotIssued, issue_to, revoke_for, rotate_for};
pub(crate) use upload_status::{is_appealable, known as known_upload};

/// The endpoints of second factors.
fn factor_endpoints(table: Endpoints) -> Endpoints {
    table
        .person(Verb::Get, "/api/v1/account/factors", factors::get)
        .enrolling(Verb::Post, "/api/v1/account/factors/totp", factors::totp::offer)
        .fresh(Verb::Delete, "/api/v1/account/factors/totp", factors::totp::delete)
        .enrolling(Verb::Post, "/api/v1/account/factors/totp/confirm", factors::totp::confirm)
        .enrolling(Verb::Post, "/api/v1/account/factors/passkeys", factors::passkeys::add)
        .enrolling(Verb::Post, "/api/v1/account/factors/passkeys/options", factors::passkeys::options)
        .fresh(Verb::Delete, "/api/v1/account/factors/passkeys/{passkey}", factors::passkeys::delete)
        .fresh(Verb::Post, "/api/v1/account/factors/recovery-codes", factors::recovery_codes::post)
        .pending(Verb::Post, "/api/v1/login/second-step", factors::second_step::post)
        .pending(Verb::Post, "/api/v1/login/second-step/options", factors::second_step::options)
        .enter(Verb::Post, "/api/v1/login/passkey", factors::login::post)
        .enter(Verb::Post, "/api/v1/login/passkey/options", factors::login::options)
        .enter(Verb::Post, "/api/v1/factor-recovery/cancel", factors::recovery::cancel)
        .enter(Verb::Post, "/api/v1/factor-recovery/reset", factors::recovery::reset)
}

/// The endpoints of the Simple API, the files and the API of our own.
pub(crate) fn endpoints(table: Endpoints) -> Endpoints {
    factor_endpoints(accounts(roles::endpoints(table)))
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
        .managed("/api/v1/reinspection", reinspection::get)
        .set("/api/v1/reinspection", reinspection::set)
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
        .read("/osv/PyPI/all.zip", osv_export::all)
        .open("/_/oidc/audience", oidc::audience)
        .prove("/_/oidc/mint-token", oidc::mint)
        .prove("/_/oidc/burn-token", oidc::burn)
        .prove("/_/oidc/github/mint-token", oidc::mint)
        .prove("/_/secrets/disclose-token", disclose_token::post)
        .person(Verb::Get, "/api/v1/tokens", tokens::list)
        .fresh(Verb::Post, "/api/v1/tokens", tokens::issue)
        .verified(Verb::Delete, "/api/v1/tokens/{id}", tokens::revoke)
        .fresh(Verb::Post, "/api/v1/tokens/{id}/rotate", tokens::rotate)
        .person(Verb::Get, "/api/v1/publishers", publishers::list)
        .fresh(Verb::Post, "/api/v1/publishers", publishers::add)
        .fresh(Verb::Delete, "/api/v1/publishers/{id}", publishers::remove)
        .fresh(Verb::Put, "/api/v1/projects/{name}/publishing", publishers::set)
        .report(Verb::Post, "/api/v1/projects/{name}/observations", observations::make)
        .report(Verb::Get, "/api/v1/observations", observations::mine)
        .report(Verb::Get, "/api/v1/observations/{id}", observations::one)
        .desk(Verb::Put, "/api/v1/observations/{id}/outcome", observations::decide)
        .desk(Verb::Get, "/api/v1/observers", observations::observers)
        .desk(Verb::Put, "/api/v1/observers/{account}", observations::trust)
        .desk(Verb::Delete, "/api/v1/observers/{account}", observations::distrust)
        .appeal(Verb::Post, "/api/v1/projects/{name}/appeals", appeals::make)
        .appeal(Verb::Post, "/api/v1/uploads/{id}/appeals", appeals::make_for_upload)
        .appeal(Verb::Get, "/api/v1/appeals/{id}", appeals::one)
        .desk(Verb::Put, "/api/v1/appeals/{id}/decision", appeals::decide)
        .desk(Verb::Get, "/api/v1/desk", desk::queue)
        .desk(Verb::Get, "/api/v1/desk/observations", observations::open)
        .desk(Verb::Get, "/api/v1/desk/appeals", appeals::open)
        .desk(Verb::Get, "/api/v1/desk/projects/{name}", desk::one)
        .desk(Verb::Post, "/api/v1/projects/{name}/review", desk::review)
        .desk(Verb::Get, "/api/v1/audit", audit::get)
        .desk(Verb::Get, "/api/v1/files/{sha256}/downloads", file_downloads::get)
        .open("/healthz", healthz::get)
        .open("/readyz", readyz::get)
}

/// The endpoints of accounts.
fn accounts(table: Endpoints) -> Endpoints {
    table
        .enter(Verb::Post, "/api/v1/register", entering::register)
        .enter(Verb::Post, "/api/v1/verify", entering::verify)
        .enter(Verb::Post, "/api/v1/login", entering::log_in)
        .enter(Verb::Post, "/api/v1/reset", entering::reset)
        .enter(Verb::Post, "/api/v1/password", entering::set_password)
        .enter(Verb::Post, "/api/v1/password/strength", password_strength::post)
        .person(Verb::Post, "/api/v1/logout", account_sessions::log_out)
        .person(Verb::Get, "/api/v1/account", account::get)
        .verified(Verb::Put, "/api/v1/account", account::put)
        .fresh(Verb::Delete, "/api/v1/account", account::delete)
        .person(Verb::Post, "/api/v1/account/confirm", account_password::confirm)
        .fresh(Verb::Put, "/api/v1/account/password", account_password::set)
        .fresh(Verb::Post, "/api/v1/account/emails", account_emails::add)
        .fresh(Verb::Delete, "/api/v1/account/emails/{address}", account_emails::remove)
        .fresh(Verb::Put, "/api/v1/account/emails/{address}/primary", account_emails::make_primary)
        .person(Verb::Get, "/api/v1/account/sessions", account_sessions::list)
        .person(Verb::Delete, "/api/v1/account/sessions", account_sessions::end_others)
        .person(Verb::Delete, "/api/v1/account/sessions/{session}", account_sessions::end)
        .manage(Verb::Get, "/api/v1/users", users::list)
        .manage(Verb::Post, "/api/v1/users", users::add)
        .manage(Verb::Put, "/api/v1/users/{user}/state", users::set_state)
        .manage(Verb::Put, "/api/v1/users/{user}/role", users::set_role)
        .manage(Verb::Delete, "/api/v1/users/{user}", users::remove)
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
