//! `GET /account/factors`: what somebody has beside a password. The forms by which that changes are one
//! file a factor.

pub(super) mod login;
pub(super) mod passkeys;
pub(super) mod recovery;
pub(super) mod recovery_codes;
pub(super) mod second_step;
pub(super) mod totp;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_factors::{NoRelyingParty, RelyingParty};
use fondaco_model::{PasskeyRecord, Timestamp, rfc3339};
use maud::{Markup, html};
use serde_json::Value;

use super::forms::private_page;
use super::page::{Script, page, scripted};
use crate::app::App;
use crate::factors::{Added, FactorTrouble, relying_party};
use crate::person::Person;
use crate::session_cookie;
use crate::trouble::Trouble;

/// What a browser shows where something was asked for in a session without a second factor.
pub(crate) async fn unverified(app: &App, root: &str, has_some: bool) -> Result<Response, Trouble> {
    let body = html! {
        h1 { "A second factor is needed" }
        p { "This session has shown none: it reads, adds one and logs out, and nothing else." }
        @if has_some {
            p { "You have one: log out, log in again, and show it." }
            form action={ (root) "logout" } method="post" { button type="submit" { "Log out" } }
        } @else {
            p { a href={ (root) "account/factors" } { "Add an authenticator app or a passkey" } "; that works in this session." }
        }
    };
    private_page(app, StatusCode::FORBIDDEN, root, ("A second factor is needed", &body)).await
}

pub(super) async fn get(person: Person, State(app): State<App>) -> Result<Response, Trouble> {
    let factors = app.parts.store.factors(&person.user.id).await?;
    let body = html! {
        h1 { "Second factors of " (person.user.name) }
        p { "Uploads and managing need one of them beside the password." }
        h2 { "Authenticator app" }
        @match &factors.totp {
            Some(totp) => {
                p { "Added " (day(totp.made_at)) ", last used " (day(totp.last_used_at)) "." }
                form method="post" action="factors/totp" { button { "Add another in its place" } }
                form method="post" action="factors/totp/remove" { button { "Remove" } }
            }
            None => {
                p { "None." }
                form method="post" action="factors/totp" { button { "Add an app" } }
            }
        }
        h2 { "Passkeys and security keys" }
        @if factors.passkeys.is_empty() { p { "None." } } @else { (passkeys_table(&factors.passkeys)) }
        @match relying_party(&app) {
            Ok(party) => {
                p { a href="factors/passkey" { "Add a passkey" } ", on this page at " code { (party.origin()) } "." }
            }
            Err(none) => (no_passkeys(&none)),
        }
        h2 { "Recovery codes" }
        p { (factors.recovery_codes) " are left. Each counts once, for a day on which nothing else is at hand." }
        @if !factors.is_empty() {
            form method="post" action="factors/recovery-codes" { button { "Make new ones" } }
        }
    };
    page(&app, StatusCode::OK, "../", ("Second factors", &body)).await
}

fn passkeys_table(passkeys: &[PasskeyRecord]) -> Markup {
    html! {
        table {
            tr { th { "Name" } th { "Added" } th { "Last used" } th { "Alone enough to log in" } th {} }
            @for passkey in passkeys {
                tr {
                    td { (passkey.label) }
                    td { (day(passkey.made_at)) }
                    td { (passkey.last_used_at.map_or("never".to_owned(), day)) }
                    td { @if passkey.verifies { "yes" } @else { "no" } }
                    td {
                        form method="post" action="factors/passkey/remove" {
                            input type="hidden" name="id" value=(passkey.id);
                            button { "Remove" }
                        }
                    }
                }
            }
        }
    }
}

fn day(at: Timestamp) -> String {
    rfc3339(at).get(..10).unwrap_or_default().to_owned()
}

/// Why there can be no passkeys here.
fn no_passkeys(none: &NoRelyingParty) -> Markup {
    html! {
        p { "Passkeys are off: " (none) "." }
        p.dim { (none.hint()) }
    }
}

/// What a passkey is asked.
enum Ask<'a> {
    Create(&'a Value),
    Get(&'a Value),
}

/// The form whose answer the script fills in. `more` comes before the button.
fn passkey_form(
    party: &RelyingParty,
    action: &str,
    ask: &Ask<'_>,
    (button, more): (&str, &Markup),
) -> Markup {
    let (create, get) = match ask {
        Ask::Create(options) => (Some(options.to_string()), None),
        Ask::Get(options) => (None, Some(options.to_string())),
    };
    html! {
        form method="post" action=(action) data-origin=(party.origin()) data-create=[create] data-get=[get] {
            (more)
            input type="hidden" name="credential";
            button { (button) }
        }
        p #passkey-said role="status" {}
        noscript { p { "Passkeys need a script; browsers have no other way to them." } }
    }
}

/// A page on which a passkey is used.
async fn passkey_page(app: &App, root: &str, titled: (&str, &Markup)) -> Result<Response, Trouble> {
    scripted(app, (StatusCode::OK, Script::Passkeys), root, titled).await
}

/// A page that says why something was not done.
async fn refused(app: &App, root: &str, trouble: FactorTrouble) -> Result<Response, Trouble> {
    let trouble = match trouble {
        FactorTrouble::Trouble(trouble) => return Err(trouble),
        trouble => trouble,
    };
    let body = html! {
        h1 { "Not done" }
        p role="alert" { (trouble) }
        @if let Some(hint) = trouble.hint() { p.dim { (hint) } }
        p { a href={ (root) "account/factors" } { "Second factors" } }
    };
    page(app, trouble.status(), root, ("Not done", &body)).await
}

/// Leads to another page, within the session that goes on under this secret, if it is another one.
fn lead(app: &App, to: &'static str, secret: Option<&str>) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
    if let Some(cookie) = secret.and_then(|secret| session_cookie::give(app, secret)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// The page after a factor was added: with the recovery codes where there are new ones.
async fn added(app: &App, root: &str, added: &Added) -> Result<Response, Trouble> {
    let mut response = match &added.codes {
        Some(codes) => codes_page(app, root, codes).await?,
        None => {
            let body = html! {
                h1 { "It is added" }
                p { a href={ (root) "account/factors" } { "Second factors" } }
            };
            page(app, StatusCode::OK, root, ("Added", &body)).await?
        }
    };
    if let Some(cookie) = session_cookie::give(app, &added.secret) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The recovery codes, once.
async fn codes_page(app: &App, root: &str, codes: &[String]) -> Result<Response, Trouble> {
    let body = html! {
        h1 { "Your recovery codes" }
        p { "Keep them where you keep what you must not lose. They are not shown again." }
        pre { @for code in codes { (code) "\n" } }
        p { a href={ (root) "account/factors" } { "I have kept them" } }
    };
    let mut response = page(app, StatusCode::OK, root, ("Recovery codes", &body)).await?;
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(response)
}
