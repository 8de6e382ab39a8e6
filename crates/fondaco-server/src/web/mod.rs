//! Pages for people. They work without scripts; nothing is loaded from elsewhere.

mod campaigns;
mod home;
mod page;
mod report;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::app::App;

/// The routes of the pages.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::get))
        .route("/reports/{sha256}", get(report::get))
        .route("/campaigns/", get(campaigns::list))
        .route("/campaigns/{id}", get(campaigns::one))
        .route("/static/fondaco.css", get(stylesheet))
}

async fn stylesheet() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("fondaco.css"))
}
