//! `GET /login/second-step`: asks for the second factor after the password. `POST` takes it.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use maud::html;
use serde::Deserialize;
use serde_json::Value;

use super::{Ask, lead, passkey_form, passkey_page, refused};
use crate::app::App;
use crate::factors::{Shown, relying_party, second_step, second_step_options};
use crate::person::Pending;
use crate::trouble::Trouble;

/// One of the three; what is not given is empty.
#[derive(Deserialize)]
pub(in crate::web) struct Given {
    #[serde(default)]
    code: String,
    #[serde(default)]
    recovery_code: String,
    #[serde(default)]
    credential: String,
}

pub(in crate::web) async fn get(
    Pending(person): Pending,
    State(app): State<App>,
) -> Result<Response, Trouble> {
    let factors = app.parts.store.factors(&person.user.id).await?;
    let asked = match relying_party(&app) {
        Ok(party) if !factors.passkeys.is_empty() => match second_step_options(&app, &person).await {
            Ok(options) => Some((party, options)),
            Err(trouble) => return refused(&app, "../", trouble).await,
        },
        _ => None,
    };
    let body = html! {
        h1 { "Your second factor" }
        @if let Some((party, options)) = &asked {
            h2 { "Passkey" }
            (passkey_form(party, "second-step", &Ask::Get(options), ("Use a passkey", &html! {})))
        }
        @if factors.totp.is_some() {
            h2 { "Authenticator app" }
            form method="post" action="second-step" {
                label { "The code that it shows " input name="code" inputmode="numeric" autocomplete="one-time-code" required; }
                button { "Log in" }
            }
        }
        @if factors.recovery_codes > 0 {
            h2 { "Recovery code" }
            form method="post" action="second-step" {
                label { "One of those that you have kept " input name="recovery_code" autocomplete="off" required; }
                button { "Log in" }
            }
        }
    };
    passkey_page(&app, "../", ("Second factor", &body)).await
}

pub(in crate::web) async fn post(
    Pending(person): Pending,
    State(app): State<App>,
    Form(given): Form<Given>,
) -> Result<Response, Trouble> {
    let credential: Value = serde_json::from_str(&given.credential).unwrap_or_default();
    let shown = if !given.credential.is_empty() {
        Shown::Passkey(&credential)
    } else if !given.recovery_code.is_empty() {
        Shown::Recovery(&given.recovery_code)
    } else {
        Shown::Totp(&given.code)
    };
    match second_step(&app, &person, shown).await {
        Ok((_, secret)) => Ok(lead(&app, "../account", Some(&secret))),
        Err(trouble) => refused(&app, "../", trouble).await,
    }
}
