//! Pages for people. They work without scripts; nothing is loaded from elsewhere.

mod campaigns;
mod home;
mod page;
mod report;
mod search;

use axum::http::header;
use axum::response::IntoResponse;

use crate::endpoints::Endpoints;

/// The endpoints of the pages.
pub(crate) fn endpoints(table: Endpoints) -> Endpoints {
    table
        .read("/", home::get)
        .read("/search", search::get)
        .read("/campaigns/", campaigns::list)
        .read("/campaigns/{id}", campaigns::one)
        .read("/reports/{sha256}", report::get)
        .open("/static/fondaco.css", stylesheet)
}

async fn stylesheet() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("fondaco.css"))
}
