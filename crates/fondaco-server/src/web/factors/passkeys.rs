//! `GET /account/factors/passkey`: the page on which a passkey is made. `POST` adds it, `POST
//! .../passkey/remove` takes one away.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use maud::html;
use serde::Deserialize;
use serde_json::Value;

use super::{Ask, added, lead, passkey_form, passkey_page, refused};
use crate::app::App;
use crate::factors::{FactorTrouble, Removed, creation_options, register, relying_party, remove};
use crate::person::{Enrolling, FreshPerson};
use crate::trouble::Trouble;

#[derive(Deserialize)]
pub(in crate::web) struct New {
    label: String,
    credential: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct Which {
    id: String,
}

pub(in crate::web) async fn get(
    Enrolling(person): Enrolling,
    State(app): State<App>,
) -> Result<Response, Trouble> {
    let asked = match relying_party(&app) {
        Ok(party) => creation_options(&app, &person).await.map(|options| (party, options)),
        Err(none) => Err(none.into()),
    };
    let (party, options) = match asked {
        Ok(asked) => asked,
        Err(trouble) => return refused(&app, "../../", trouble).await,
    };
    let label = html! { label { "Its name " input name="label" maxlength="60" required; } };
    let body = html! {
        h1 { "Add a passkey" }
        (passkey_form(&party, "passkey", &Ask::Create(&options), ("Add", &label)))
    };
    passkey_page(&app, "../../", ("Add a passkey", &body)).await
}

pub(in crate::web) async fn add(
    Enrolling(person): Enrolling,
    State(app): State<App>,
    Form(New { label, credential }): Form<New>,
) -> Result<Response, Trouble> {
    let credential: Value = serde_json::from_str(&credential).unwrap_or_default();
    match register(&app, &person, &label, &credential).await {
        Ok((_, made)) => added(&app, "../../", &made).await,
        Err(trouble) => refused(&app, "../../", trouble).await,
    }
}

pub(in crate::web) async fn delete(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
    Form(Which { id }): Form<Which>,
) -> Result<Response, Trouble> {
    let removed: Result<(), FactorTrouble> = remove(&app, &person, Removed::Passkey(&id)).await;
    match removed {
        Ok(()) => Ok(lead(&app, "../../factors", None)),
        Err(trouble) => refused(&app, "../../../", trouble).await,
    }
}
