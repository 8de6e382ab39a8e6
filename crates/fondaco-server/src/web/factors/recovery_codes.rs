//! `POST /account/factors/recovery-codes`: new codes in the place of all before, shown once.

use axum::extract::State;
use axum::response::Response;

use super::{codes_page, refused};
use crate::app::App;
use crate::factors::renew_recovery_codes;
use crate::person::FreshPerson;
use crate::trouble::Trouble;

pub(in crate::web) async fn post(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
) -> Result<Response, Trouble> {
    match renew_recovery_codes(&app, &person).await {
        Ok(codes) => codes_page(&app, "../../", &codes).await,
        Err(trouble) => refused(&app, "../../", trouble).await,
    }
}
