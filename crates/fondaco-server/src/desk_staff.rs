//! Who sits at the review desk: staff who have shown a second factor, or the bearer of a token that
//! manages, for when nobody can log in. Admins there are whom [`Manager`](crate::manager::Manager) lets in,
//! on the same terms; a browser that is not logged in is led to the login.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use fondaco_model::StaffRole;

use crate::app::App;
use crate::credentials::{Credentials, credentials};
use crate::person::{self, AtLeast, Staff};
use crate::tokens;
use crate::trouble::problem;
use crate::visitor::Visitor;

/// Somebody with this role at the desk.
#[derive(Debug, Clone)]
pub(crate) struct Desk<R> {
    /// Who, for the audit log.
    pub(crate) actor: String,
    /// Whether they may decide, and not only look.
    pub(crate) decides: bool,
    /// Whether they manage the index.
    pub(crate) manages: bool,
    least: PhantomData<R>,
}

impl<R: AtLeast> FromRequestParts<App> for Desk<R> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        if let Credentials::Token(text) = credentials(&parts.headers) {
            // A browser sends a token along by itself that it has asked for once, whoever wrote the form.
            Visitor::from_request_parts(parts, app).await?;
            let token = tokens::of_request(parts, app, &text).await?;
            if let Some(token) = token.filter(|token| token.manages) {
                let actor = token.actor();
                return Ok(Self { actor, decides: true, manages: true, least: PhantomData });
            }
            return Err(problem(
                StatusCode::FORBIDDEN,
                format!("this is for staff with the role {}", R::ROLE.id()),
                Some("log in with a second factor, or use a token that manages".to_owned()),
            ));
        }
        let Staff { person, .. } = Staff::<R>::from_request_parts(parts, app).await?;
        if R::ROLE == StaffRole::Admin {
            person.is_fresh_to_change(parts, app).map_err(|refusal| *refusal)?;
        }
        let [decides, manages] = [StaffRole::Reviewer, StaffRole::Admin].map(|role| person.acts_as(role));
        Ok(Self { actor: person.actor(), decides, manages, least: PhantomData })
    }
}

/// Whether whoever asks is told what reviewers see, beside what everybody is told: staff who have shown a
/// second factor, or the bearer of a token that manages. Nobody is turned away by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeesReview(pub(crate) bool);

impl FromRequestParts<App> for SeesReview {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        // Who can't be told is nobody.
        let sees = match credentials(&parts.headers) {
            Credentials::Token(text) => {
                let token = tokens::of_request(parts, app, &text).await;
                token.ok().flatten().is_some_and(|token| token.manages)
            }
            _ => {
                let person = person::find(parts, app).await;
                let staff =
                    |person: person::Person| !person.session.pending && person.acts_as(StaffRole::Observer);
                person.ok().flatten().is_some_and(staff)
            }
        };
        Ok(Self(sees))
    }
}
