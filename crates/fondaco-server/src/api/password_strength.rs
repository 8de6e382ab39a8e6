//! `POST /api/v1/password/strength`: how good a password is, before somebody takes it. Nothing of it is kept or
//! logged, and nothing is said of anybody: it is the check that a password meets where one is set.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use fondaco_accounts::Password;
use fondaco_wire::account_v1::{Strength, Typed};

use super::entering::ordered;
use crate::accounts::{self, Denied};
use crate::app::App;
use crate::visitor::Visitor;

pub(super) async fn post(
    _: Visitor,
    State(app): State<App>,
    order: Result<Json<Typed>, JsonRejection>,
) -> Result<Response, Denied> {
    let Typed { password, about } = ordered(order)?;
    let rating = accounts::rate_password(&app, Password::typed(&password), about).await?;
    let detail = match rating.refused {
        Some(why) => why.to_string(),
        None if rating.score == 3 => "hard to guess".to_owned(),
        None => "very hard to guess".to_owned(),
    };
    Ok(Json(Strength { score: rating.score, taken: rating.refused.is_none(), detail }).into_response())
}
