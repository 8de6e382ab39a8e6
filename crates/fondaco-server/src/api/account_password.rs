//! `POST /api/v1/account/confirm`: gives one's password once more. `PUT /api/v1/account/password`: sets
//! another. Both give the session another secret.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use fondaco_accounts::Password;
use fondaco_wire::account_v1;

use super::entering::{entered, ordered};
use crate::accounts::{self, Denied};
use crate::app::App;
use crate::person::{FreshPerson, Person};

pub(super) async fn confirm(
    person: Person,
    State(app): State<App>,
    order: Result<Json<account_v1::Password>, JsonRejection>,
) -> Result<Response, Denied> {
    let password = Password::typed(&ordered(order)?.password);
    Ok(entered(&accounts::confirm(&app, &person, &password).await?))
}

pub(super) async fn set(
    person: FreshPerson,
    State(app): State<App>,
    order: Result<Json<account_v1::Password>, JsonRejection>,
) -> Result<Response, Denied> {
    let password = Password::typed(&ordered(order)?.password);
    Ok(entered(&accounts::change_password(&app, &person, &password).await?))
}
