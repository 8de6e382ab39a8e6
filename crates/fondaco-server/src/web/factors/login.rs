//! `GET /login/passkey`: the page on which somebody logs in by a passkey alone. `POST` does so.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use maud::html;
use serde::Deserialize;
use serde_json::Value;

use super::{Ask, lead, passkey_form, passkey_page, refused};
use crate::app::App;
use crate::factors::{log_in, login_options, relying_party};
use crate::trouble::Trouble;
use crate::visitor::Visitor;

#[derive(Deserialize)]
pub(in crate::web) struct Given {
    credential: String,
}

pub(in crate::web) async fn get(_: Visitor, State(app): State<App>) -> Result<Response, Trouble> {
    let asked = match relying_party(&app) {
        Ok(party) => login_options(&app).await.map(|options| (party, options)),
        Err(none) => Err(none.into()),
    };
    let (party, options) = match asked {
        Ok(asked) => asked,
        Err(trouble) => return refused(&app, "../", trouble).await,
    };
    let body = html! {
        h1 { "Log in by a passkey" }
        (passkey_form(&party, "passkey", &Ask::Get(&options), ("Use a passkey", &html! {})))
    };
    passkey_page(&app, "../", ("Log in", &body)).await
}

pub(in crate::web) async fn post(
    visitor: Visitor,
    State(app): State<App>,
    Form(Given { credential }): Form<Given>,
) -> Result<Response, Trouble> {
    let credential: Value = serde_json::from_str(&credential).unwrap_or_default();
    match log_in(&app, &visitor, &credential).await {
        Ok(secret) => Ok(lead(&app, "../account", Some(&secret))),
        Err(trouble) => refused(&app, "../", trouble).await,
    }
}
