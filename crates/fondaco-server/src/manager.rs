//! Who manages the index by its API: the bearer of a token that was made for it.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::credentials::{Credentials, credentials};
use crate::tokens;
use crate::trouble::problem;

/// Somebody who may manage the index.
#[derive(Debug, Clone)]
pub(crate) struct Manager {
    /// Who, for the audit log.
    pub(crate) actor: String,
}

impl FromRequestParts<App> for Manager {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let token = match credentials(&parts.headers) {
            Credentials::Token(text) => {
                tokens::recognise(app, &text).await.map_err(IntoResponse::into_response)?
            }
            Credentials::None | Credentials::Unreadable => None,
        };
        match token.filter(|token| token.manages) {
            Some(token) => Ok(Self { actor: token.actor() }),
            // The same to everybody else: whether a token is in force is nobody's business here.
            None => Err(problem(
                StatusCode::FORBIDDEN,
                "a token for managing is needed".to_owned(),
                Some("an operator makes one with `fondaco admin token create LABEL --manages`".to_owned()),
            )),
        }
    }
}
