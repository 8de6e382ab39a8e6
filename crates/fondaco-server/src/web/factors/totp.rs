//! `POST /account/factors/totp`: a secret for an authenticator app. `POST .../totp/confirm` adds it,
//! `POST .../totp/remove` takes it away.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use maud::{PreEscaped, html};
use serde::Deserialize;

use super::{added, lead, page, refused};
use crate::app::App;
use crate::factors::{Removed, confirm_totp, offer_totp, remove};
use crate::person::{Enrolling, FreshPerson};
use crate::trouble::Trouble;

#[derive(Deserialize)]
pub(in crate::web) struct Code {
    code: String,
}

pub(in crate::web) async fn offer(
    Enrolling(person): Enrolling,
    State(app): State<App>,
) -> Result<Response, Trouble> {
    let offer = match offer_totp(&app, &person).await {
        Ok(offer) => offer,
        Err(trouble) => return refused(&app, "../../", trouble).await,
    };
    let body = html! {
        h1 { "Add an authenticator app" }
        // Made here, of a secret of letters and digits.
        @if let Some(qr) = &offer.qr { (PreEscaped(qr)) }
        p { "Scan the picture with the app, or type this secret: " code { (offer.secret) } }
        p { a href=(offer.uri) { "Open the app on this device" } }
        form method="post" action="totp/confirm" {
            label { "The code that it shows " input name="code" inputmode="numeric" autocomplete="one-time-code" required; }
            button { "Add" }
        }
    };
    let mut response = page(&app, StatusCode::OK, "../../", ("Authenticator app", &body)).await?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

pub(in crate::web) async fn confirm(
    Enrolling(person): Enrolling,
    State(app): State<App>,
    Form(Code { code }): Form<Code>,
) -> Result<Response, Trouble> {
    match confirm_totp(&app, &person, &code).await {
        Ok(made) => added(&app, "../../../", &made).await,
        Err(trouble) => refused(&app, "../../../", trouble).await,
    }
}

pub(in crate::web) async fn delete(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
) -> Result<Response, Trouble> {
    match remove(&app, &person, Removed::Totp).await {
        Ok(()) => Ok(lead(&app, "../../factors", None)),
        Err(trouble) => refused(&app, "../../../", trouble).await,
    }
}
