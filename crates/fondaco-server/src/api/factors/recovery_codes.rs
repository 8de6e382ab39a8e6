//! `POST /api/v1/account/factors/recovery-codes`: new codes in the place of all before, shown once.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::fresh;
use crate::app::App;
use crate::factors::{FactorTrouble, renew_recovery_codes};
use crate::person::FreshPerson;

pub(in crate::api) async fn post(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
) -> Result<Response, FactorTrouble> {
    let codes = renew_recovery_codes(&app, &person).await?;
    Ok(fresh(json!({"recovery_codes": codes})))
}
