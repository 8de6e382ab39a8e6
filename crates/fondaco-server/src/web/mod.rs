//! Pages for people. They work without scripts; nothing is loaded from elsewhere.

mod campaigns;
mod desk;
mod desk_item;
mod home;
mod observe;
mod page;
mod report;
mod search;

use axum::http::header;
use axum::response::IntoResponse;

use crate::endpoints::{Endpoints, Verb};

/// The endpoints of the pages.
pub(crate) fn endpoints(table: Endpoints) -> Endpoints {
    table
        .read("/", home::get)
        .read("/search", search::get)
        .read("/campaigns/", campaigns::list)
        .read("/campaigns/{id}", campaigns::one)
        .read("/reports/{sha256}", report::get)
        .report(Verb::Get, "/report/{name}", observe::report_form)
        .report(Verb::Post, "/report/{name}", observe::report)
        .appeal(Verb::Get, "/appeal/{name}", observe::appeal_form)
        .appeal(Verb::Post, "/appeal/{name}", observe::appeal)
        .desk(Verb::Get, "/desk/", desk::queue)
        .desk(Verb::Get, "/desk/projects/{name}", desk::item)
        .desk(Verb::Post, "/desk/projects/{name}", desk::review)
        .desk(Verb::Post, "/desk/observations/{id}", desk::decide_observation)
        .desk(Verb::Post, "/desk/appeals/{id}", desk::decide_appeal)
        .open("/static/fondaco.css", stylesheet)
}

async fn stylesheet() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("fondaco.css"))
}
