//! `POST /api/v1/account/emails`, `DELETE /api/v1/account/emails/ADDRESS`,
//! `PUT /api/v1/account/emails/ADDRESS/primary`: one's own addresses.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use fondaco_wire::account_v1::Address;

use super::entering::{ordered, sent};
use crate::accounts::{self, Denied};
use crate::app::App;
use crate::person::FreshPerson;

pub(super) async fn add(
    person: FreshPerson,
    State(app): State<App>,
    order: Result<Json<Address>, JsonRejection>,
) -> Result<Response, Denied> {
    accounts::add_email(&app, &person, &ordered(order)?.email).await?;
    Ok(sent())
}

pub(super) async fn remove(
    person: FreshPerson,
    State(app): State<App>,
    Path(address): Path<String>,
) -> Result<Response, Denied> {
    accounts::remove_email(&app, &person, &address).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn make_primary(
    person: FreshPerson,
    State(app): State<App>,
    Path(address): Path<String>,
) -> Result<Response, Denied> {
    accounts::make_primary(&app, &person, &address).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
