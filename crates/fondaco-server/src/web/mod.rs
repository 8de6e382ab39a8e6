//! Pages for people. They work without scripts, but for passkeys; nothing is loaded from elsewhere.

mod account;
mod breaker;
mod campaigns;
mod description;
mod desk;
mod desk_item;
mod factors;
mod forms;
mod home;
mod login;
mod observe;
mod page;
mod password;
mod project;
mod register;
mod report;
mod roles;
mod search;
mod sso;
mod switches;
mod tokens;
mod upload;

use axum::http::header;
use axum::response::IntoResponse;

use crate::endpoints::{Endpoints, Verb};

pub(crate) use factors::unverified;

/// The endpoints of the pages.
pub(crate) fn endpoints(table: Endpoints) -> Endpoints {
    accounts(roles::endpoints(table))
        .read("/", home::get)
        .read("/search", search::get)
        .read("/campaigns/", campaigns::list)
        .read("/campaigns/{id}", campaigns::one)
        .read("/projects/{name}", project::get)
        .read("/reports/{sha256}", report::get)
        .person(Verb::Get, "/account/tokens", tokens::get)
        .fresh(Verb::Post, "/account/tokens", tokens::issue)
        .fresh(Verb::Post, "/account/tokens/rotate", tokens::rotate)
        .verified(Verb::Post, "/account/tokens/revoke", tokens::revoke)
        .fresh(Verb::Post, "/account/publishers", tokens::add_publisher)
        .fresh(Verb::Post, "/account/publishers/remove", tokens::remove_publisher)
        .report(Verb::Get, "/report/{name}", observe::report_form)
        .report(Verb::Post, "/report/{name}", observe::report)
        .appeal(Verb::Get, "/appeal/{name}", observe::appeal_form)
        .appeal(Verb::Post, "/appeal/{name}", observe::appeal)
        .read("/uploads/{id}", upload::get)
        .appeal(Verb::Post, "/uploads/{id}/appeal", upload::appeal)
        .desk(Verb::Get, "/desk/", desk::queue)
        .desk(Verb::Get, "/desk/switches/", switches::get)
        .desk(Verb::Post, "/desk/switches/", switches::set)
        .desk(Verb::Post, "/desk/switches/lift", switches::lift)
        .desk(Verb::Get, "/desk/breaker/", breaker::get)
        .desk(Verb::Post, "/desk/breaker/pin", breaker::pin)
        .desk(Verb::Post, "/desk/breaker/reset", breaker::reset)
        .desk(Verb::Post, "/desk/breaker/unblock", breaker::unblock)
        .desk(Verb::Get, "/desk/projects/{name}", desk::item)
        .desk(Verb::Post, "/desk/projects/{name}", desk::review)
        .desk(Verb::Post, "/desk/observations/{id}", desk::decide_observation)
        .desk(Verb::Post, "/desk/appeals/{id}", desk::decide_appeal)
        .open("/static/fondaco.css", stylesheet)
        .open("/static/passkeys.js", passkeys_script)
        .open("/static/passwords.js", passwords_script)
        .person(Verb::Get, "/account/factors", factors::get)
        .enrolling(Verb::Post, "/account/factors/totp", factors::totp::offer)
        .enrolling(Verb::Post, "/account/factors/totp/confirm", factors::totp::confirm)
        .fresh(Verb::Post, "/account/factors/totp/remove", factors::totp::delete)
        .enrolling(Verb::Get, "/account/factors/passkey", factors::passkeys::get)
        .enrolling(Verb::Post, "/account/factors/passkey", factors::passkeys::add)
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

/// The pages of accounts.
fn accounts(table: Endpoints) -> Endpoints {
    table
        .enter(Verb::Get, "/login", login::get)
        .enter(Verb::Get, "/login/sso", sso::begin)
        .enter(Verb::Get, "/login/sso/callback", sso::callback)
        .enter(Verb::Post, "/login", login::post)
        .person(Verb::Post, "/logout", login::log_out)
        .enter(Verb::Get, "/register", register::get)
        .enter(Verb::Post, "/register", register::post)
        .enter(Verb::Get, "/verify", register::show_link)
        .enter(Verb::Post, "/verify", register::use_link)
        .enter(Verb::Get, "/reset", password::ask_form)
        .enter(Verb::Post, "/reset", password::ask)
        .enter(Verb::Get, "/password", password::set_form)
        .enter(Verb::Post, "/password", password::set)
        .person(Verb::Get, "/account", account::get)
        .person(Verb::Get, "/account/confirm", account::confirm_form)
        .person(Verb::Post, "/account/confirm", account::confirm)
        .fresh(Verb::Post, "/account/password", account::set_password)
        .fresh(Verb::Post, "/account/emails", account::add_email)
        .fresh(Verb::Post, "/account/emails/primary", account::make_primary)
        .fresh(Verb::Post, "/account/emails/remove", account::remove_email)
        .person(Verb::Post, "/account/sessions/end", account::end_session)
        .person(Verb::Post, "/account/sessions/end-others", account::end_others)
        .fresh(Verb::Post, "/account/leave", account::leave)
}

async fn stylesheet() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("fondaco.css"))
}

async fn passkeys_script() -> impl IntoResponse {
    script(include_str!("passkeys.js"))
}

async fn passwords_script() -> impl IntoResponse {
    script(include_str!("passwords.js"))
}

fn script(text: &'static str) -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, text)
}
