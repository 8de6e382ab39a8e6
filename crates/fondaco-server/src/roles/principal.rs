use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use fondaco_model::{Actor, Denial, Means, Principal, acts};

use super::{By, denied, principal_of};
use crate::app::App;
use crate::credentials::{Credentials, credentials};
use crate::factors;
use crate::person::{Person, Verified};
use crate::tokens;
use crate::trouble::Trouble;

/// A person, with what decisions turn on.
pub(crate) async fn principal(app: &App, person: &Person) -> Result<Principal, Trouble> {
    let means = Means::Session { second_factor: person.is_verified() };
    Ok(principal_of(&app.parts.store, &person.user, means).await?)
}

/// Whoever sends a request that manages something: a person who is logged in, or the bearer of a token
/// of the operator's.
pub(super) async fn caller(parts: &mut Parts, app: &App) -> Result<(By, Option<Person>), Response> {
    if let Credentials::Token(text) = credentials(&parts.headers) {
        let token = tokens::of_request(parts, app, &text).await?;
        // The same to everybody else: whether a token is in force is nobody's business here.
        let token = token.filter(|token| token.manages).ok_or_else(|| denied(Denial::ByToken))?;
        let name = token.actor();
        return Ok((By { actor: Actor::Token(Box::new(token)), name, at: app.now() }, None));
    }
    let Verified(person) = Verified::from_request_parts(parts, app).await?;
    let principal = principal(app, &person).await.map_err(IntoResponse::into_response)?;
    let by = By { actor: Actor::Person(Box::new(principal)), name: person.actor(), at: app.now() };
    Ok((by, Some(person)))
}

/// A person who is logged in with a second factor, and what they are.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Who.
    pub(crate) person: Person,
    /// What decisions turn on.
    pub(crate) principal: Principal,
    /// The same, for changes.
    pub(crate) by: By,
}

impl Caller {
    /// What a person who is logged in may do.
    pub(crate) async fn of(app: &App, person: Person) -> Result<Self, Trouble> {
        let principal = principal(app, &person).await?;
        let actor = Actor::Person(Box::new(principal.clone()));
        let by = By { actor, name: person.actor(), at: app.now() };
        Ok(Self { person, principal, by })
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Verified(person) = Verified::from_request_parts(parts, app).await?;
        let caller = Self::of(app, person).await.map_err(IntoResponse::into_response)?;
        acts(&caller.principal, false).map_err(denied)?;
        if parts.method != Method::GET {
            let demanded = factors::demand_of(app, &caller.person, None).await;
            demanded.map_err(IntoResponse::into_response)?;
        }
        Ok(caller)
    }
}
