//! Who manages the index by its API: an admin who has shown a second factor, and for changes given the
//! password within ten minutes, or the bearer of a token that was made for it on the host, for when nobody
//! can log in.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use fondaco_model::StaffRole;

use crate::app::App;
use crate::credentials::{Credentials, credentials};
use crate::limits::Spent;
use crate::person::Person;
use crate::trouble::problem;
use crate::{factors, person, tokens};

/// Somebody who may manage the index.
#[derive(Debug, Clone)]
pub(crate) struct Manager {
    /// Who, for the audit log.
    pub(crate) actor: String,
}

impl FromRequestParts<App> for Manager {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let actor = match credentials(&parts.headers) {
            Credentials::Token(text) => {
                let token = tokens::of_request(parts, app, &text).await?;
                token.filter(|token| token.manages).map(|token| token.actor())
            }
            Credentials::Session(_) | Credentials::None => {
                let found = person::find(parts, app).await?;
                let admin = |who: &Person| !who.session.pending && who.user.is_staff(StaffRole::Admin);
                match found.filter(admin) {
                    Some(person) if !person.is_verified() => {
                        return Err(person::unverified(parts, app, &person).await);
                    }
                    Some(person) => {
                        let demanded = factors::demand_of(app, &person, None).await;
                        demanded.map_err(IntoResponse::into_response)?;
                        person.may_change(parts, app).map_err(Spent::refusal)?;
                        person.is_fresh_to_change(parts, app).map_err(|refusal| *refusal)?;
                        Some(person.actor())
                    }
                    None => None,
                }
            }
            Credentials::Unreadable => None,
        };
        // The same to everybody else: whether a token is in force is nobody's business here.
        actor.map(|actor| Self { actor }).ok_or_else(|| {
            problem(
                StatusCode::FORBIDDEN,
                "an admin who logged in with a second factor, or a token for managing, is needed".to_owned(),
                Some(
                    "an operator makes an admin with `fondaco admin user add NAME --role admin`, and a token \
                     for emergencies with `fondaco admin token create LABEL --manages`"
                        .to_owned(),
                ),
            )
        })
    }
}
