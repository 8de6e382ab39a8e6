//! What one request takes out of the buckets of its address, its token and its person.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::Response;
use fondaco_model::UserId;

use super::{Class, Spent};
use crate::app::App;
use crate::bearer::{Bearer, Holder};
use crate::client_address::counted;

/// What one request has taken out of buckets: out of each once, however often it is asked who sends it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally(Arc<Mutex<Vec<(Spent, String)>>>);

impl Tally {
    fn spend(&self, app: &App, class: Class, client: &str) -> Result<(), Spent> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.iter().any(|(spent, by)| spent.class == class && by == client) {
            return Ok(());
        }
        let spent = app.limiter.spend(class, client);
        all.push((spent, client.to_owned()));
        if spent.within { Ok(()) } else { Err(spent) }
    }

    /// Tells what is left in the bucket that is emptiest.
    pub(crate) fn mark(&self, response: &mut Response) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let share = |spent: &Spent| f64::from(spent.left) / f64::from(spent.quota.events.max(1));
        let tightest = all.iter().map(|(spent, _)| spent).min_by(|a, b| share(a).total_cmp(&share(b)));
        if let Some(spent) = tightest {
            spent.mark(response);
        }
    }

    /// What a request takes out of the buckets of its address.
    ///
    /// # Errors
    /// The bucket that is empty.
    pub(crate) fn admit(
        &self,
        app: &App,
        address: IpAddr,
        (method, path): (&Method, &str),
    ) -> Result<(), Spent> {
        let client = counted(address).to_string();
        self.spend(app, Class::All, "")?;
        self.spend(app, Class::Requests, &client)?;
        Class::of(method, path).map_or(Ok(()), |class| self.spend(app, class, &client))
    }

    /// What it takes out of those of a token.
    ///
    /// # Errors
    /// The bucket that is empty.
    pub(crate) fn admit_token(&self, app: &App, id: &str) -> Result<(), Spent> {
        self.spend(app, Class::RequestsByToken, id)
    }

    /// What it takes out of those of a person.
    ///
    /// # Errors
    /// The bucket that is empty.
    pub(crate) fn admit_person(&self, app: &App, user: &UserId) -> Result<(), Spent> {
        self.spend(app, Class::RequestsByUser, user.as_str())
    }

    /// What it takes out of those of a person who is logged in, where it changes something.
    ///
    /// # Errors
    /// The bucket that is empty.
    pub(crate) fn admit_change(&self, app: &App, method: &Method, user: &UserId) -> Result<(), Spent> {
        match *method {
            Method::GET | Method::HEAD => Ok(()),
            _ => self.spend(app, Class::ChangesByUser, user.as_str()),
        }
    }

    /// What it takes out of those of a token and of the person behind it.
    ///
    /// # Errors
    /// The bucket that is empty.
    pub(crate) fn admit_bearer(&self, app: &App, bearer: &Bearer) -> Result<(), Spent> {
        self.admit_token(app, &bearer.token.id)?;
        match &bearer.holder {
            Holder::Person(user) => self.admit_person(app, &user.id),
            Holder::Operator | Holder::Publishers(_) => Ok(()),
        }
    }

    /// That of a request, as the router has begun it.
    pub(crate) fn of(parts: &Parts) -> Self {
        parts.extensions.get::<Self>().cloned().unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for Tally {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}
