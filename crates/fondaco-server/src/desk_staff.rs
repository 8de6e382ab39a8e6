//! Who sits at the review desk: staff who have shown a second factor, or the bearer of a token that
//! manages, for when nobody can log in.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use fondaco_model::StaffRole;

use crate::app::App;
use crate::credentials::{Credentials, credentials};
use crate::person::{AtLeast, Staff};
use crate::tokens;
use crate::trouble::problem;

/// Somebody with this role at the desk.
#[derive(Debug, Clone)]
pub(crate) struct Desk<R> {
    /// Who, for the audit log.
    pub(crate) actor: String,
    /// Whether they may decide, and not only look.
    pub(crate) decides: bool,
    least: PhantomData<R>,
}

impl<R: AtLeast> FromRequestParts<App> for Desk<R> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        if let Credentials::Token(text) = credentials(&parts.headers) {
            let token = tokens::recognise(app, &text).await.map_err(IntoResponse::into_response)?;
            if let Some(token) = token.filter(|token| token.manages) {
                return Ok(Self { actor: token.actor(), decides: true, least: PhantomData });
            }
            return Err(problem(
                StatusCode::FORBIDDEN,
                format!("this is for staff with the role {}", R::ROLE.id()),
                Some("log in with a second factor, or use a token that manages".to_owned()),
            ));
        }
        let Staff { person, .. } = Staff::<R>::from_request_parts(parts, app).await?;
        let decides = person.acts_as(StaffRole::Reviewer);
        Ok(Self { actor: person.actor(), decides, least: PhantomData })
    }
}
