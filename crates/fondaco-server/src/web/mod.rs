//! Pages for people. They work without scripts; nothing is loaded from elsewhere.

mod campaigns;
mod factors;
mod home;
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
        .open("/static/fondaco.css", stylesheet)
        .open("/static/passkeys.js", factors::script)
        .person(Verb::Get, "/account/factors", factors::get)
        .fresh(Verb::Post, "/account/factors/totp", factors::totp::offer)
        .fresh(Verb::Post, "/account/factors/totp/confirm", factors::totp::confirm)
        .fresh(Verb::Post, "/account/factors/totp/remove", factors::totp::delete)
        .fresh(Verb::Get, "/account/factors/passkey", factors::passkeys::get)
        .fresh(Verb::Post, "/account/factors/passkey", factors::passkeys::add)
        .fresh(Verb::Post, "/account/factors/passkey/remove", factors::passkeys::delete)
        .fresh(Verb::Post, "/account/factors/recovery-codes", factors::recovery_codes::post)
        .pending(Verb::Get, "/login/second-step", factors::second_step::get)
        .pending(Verb::Post, "/login/second-step", factors::second_step::post)
        .enter(Verb::Get, "/login/passkey", factors::login::get)
        .enter(Verb::Post, "/login/passkey", factors::login::post)
        .enter(Verb::Get, "/factor-recovery/cancel", factors::recovery::ask_cancel)
        .enter(Verb::Post, "/factor-recovery/cancel", factors::recovery::cancel)
        .enter(Verb::Get, "/factor-recovery/reset", factors::recovery::ask_reset)
        .enter(Verb::Post, "/factor-recovery/reset", factors::recovery::reset)
}

async fn stylesheet() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("fondaco.css"))
}
