//! `GET /api/v1/account/factors`: what somebody has beside a password, and what is demanded. The
//! endpoints by which that changes are one file a factor.

pub(super) mod login;
pub(super) mod passkeys;
pub(super) mod recovery;
pub(super) mod recovery_codes;
pub(super) mod second_step;
pub(super) mod totp;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_factors::Demand;
use fondaco_model::{PasskeyRecord, rfc3339};
use serde_json::{Value, json};

use crate::app::App;
use crate::factors::{Added, relying_party};
use crate::person::Person;
use crate::session_cookie;
use crate::trouble::{Trouble, problem};

pub(super) async fn get(person: Person, State(app): State<App>) -> Result<Response, Trouble> {
    let factors = app.parts.store.factors(&person.user.id).await?;
    let totp = factors
        .totp
        .map(|totp| json!({"made_at": rfc3339(totp.made_at), "last_used_at": rfc3339(totp.last_used_at)}));
    let party = match relying_party(&app) {
        Ok(party) => json!({"id": party.id(), "origin": party.origin()}),
        Err(none) => json!({"missing": none.to_string(), "hint": none.hint()}),
    };
    let require = match app.parts.settings.factors.require {
        Demand::Any => "any",
        Demand::Passkey => "passkey",
    };
    Ok(fresh(json!({
        "schema": "fondaco.factors/1",
        "totp": totp,
        "passkeys": factors.passkeys.iter().map(passkey).collect::<Vec<_>>(),
        "recovery_codes": {"left": factors.recovery_codes},
        "relying_party": party,
        "require": require,
    })))
}

/// A passkey as its owner sees it.
fn passkey(passkey: &PasskeyRecord) -> Value {
    json!({
        "id": passkey.id,
        "label": passkey.label,
        "verifies": passkey.verifies,
        "synced": passkey.synced,
        "made_at": rfc3339(passkey.made_at),
        "last_used_at": passkey.last_used_at.map(rfc3339),
    })
}

/// An answer that nobody keeps.
fn fresh(body: Value) -> Response {
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(body)).into_response()
}

/// An answer with the secret of the session that goes on, for whoever sent the one before.
fn with_session(app: &App, status: StatusCode, mut body: Value, secret: &str) -> Response {
    body["session"] = json!(secret);
    let mut response = fresh(body);
    *response.status_mut() = status;
    if let Some(cookie) = session_cookie::give(app, secret) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// The answer to a factor that was added.
fn added(app: &App, mut body: Value, added: &Added) -> Response {
    if let Some(codes) = &added.codes {
        body["recovery_codes"] = json!(codes);
    }
    with_session(app, StatusCode::CREATED, body, &added.secret)
}

/// The body is another than the endpoint takes.
fn expected(example: &str) -> Response {
    let hint = Some(format!("e.g. {example}"));
    problem(StatusCode::BAD_REQUEST, "a JSON object is expected".to_owned(), hint)
}
