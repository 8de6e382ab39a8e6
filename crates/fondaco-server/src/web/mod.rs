//! Pages for people. They work without scripts; nothing is loaded from elsewhere.

mod home;
mod page;
mod report;
mod search;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::app::App;

/// The routes of the pages.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::get))
        .route("/search", get(search::get))
        .route("/reports/{sha256}", get(report::get))
        .route("/static/fondaco.css", get(stylesheet))
}

async fn stylesheet() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("fondaco.css"))
}
