//! `POST /api/v1/account/factors/passkeys/options`: what `navigator.credentials.create` is given. `POST
//! .../passkeys`: what it gave, which adds the passkey. `DELETE .../passkeys/ID`: takes one away.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

use super::{added, expected, fresh, passkey};
use crate::app::App;
use crate::factors::{FactorTrouble, Removed, creation_options, register, remove};
use crate::person::{Enrolling, FreshPerson};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct New {
    label: String,
    credential: Value,
}

pub(in crate::api) async fn options(
    Enrolling(person): Enrolling,
    State(app): State<App>,
) -> Result<Response, FactorTrouble> {
    Ok(fresh(creation_options(&app, &person).await?))
}

pub(in crate::api) async fn add(
    Enrolling(person): Enrolling,
    State(app): State<App>,
    body: Result<Json<New>, JsonRejection>,
) -> Result<Response, FactorTrouble> {
    let (label, credential) = match body {
        Ok(Json(New { label, credential })) if credential.is_object() => (label, credential),
        _ => {
            return Ok(expected(r#"{"label": "my laptop", "credential": {"rawId": "...", "response": {}}}"#));
        }
    };
    let (made, more) = register(&app, &person, &label, &credential).await?;
    Ok(added(&app, passkey(&made), &more))
}

pub(in crate::api) async fn delete(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, FactorTrouble> {
    remove(&app, &person, Removed::Passkey(&id)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
