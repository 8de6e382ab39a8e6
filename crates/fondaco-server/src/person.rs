//! Who acts as a person: by the session that their browser's cookie or their script's bearer stands
//! for.
//!
//! [`Person`] is somebody who is logged in, with or without a second factor: they read, log out and end
//! sessions. [`Enrolling`] adds a factor. [`Verified`] has shown one in this session, and [`FreshPerson`]
//! has besides given the password within ten minutes. [`Pending`] has given it and is still to show a
//! factor that they have, and [`Staff`] does something for the index and has shown one. Which of them an
//! endpoint takes stands in the table of `endpoints`.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{Session, StaffRole, User, UserState};

use crate::app::App;
use crate::credentials::{Credentials, credentials};
use crate::limits::{Spent, Tally};
use crate::trouble::{Trouble, problem};
use crate::visitor::Visitor;
use crate::{factors, session_cookie, sessions, web};

/// Somebody who is logged in, with or without a second factor.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Who.
    pub(crate) user: User,
    /// By which session.
    pub(crate) session: Session,
    /// From where.
    pub(crate) visitor: Visitor,
}

impl Person {
    /// Who acts, for the audit log.
    pub(crate) fn actor(&self) -> String {
        self.user.actor()
    }

    /// Refuses a change where they make too many.
    pub(crate) fn may_change(&self, parts: &Parts, app: &App) -> Result<(), Spent> {
        Tally::of(parts).admit_change(app, &parts.method, &self.user.id)
    }

    /// Refuses a change by whoever has not given their password lately; whoever only looks needs not.
    pub(crate) fn is_fresh_to_change(&self, parts: &Parts, app: &App) -> Result<(), Box<Response>> {
        match parts.method {
            Method::GET | Method::HEAD => Ok(()),
            _ if self.session.is_fresh(app.now()) => Ok(()),
            _ => Err(Box::new(password_first(parts))),
        }
    }

    /// Whether they have shown a second factor in this session.
    pub(crate) fn is_verified(&self) -> bool {
        self.session.factor_verified_at.is_some()
    }

    /// Whether they do at least this for the index, and have shown a second factor in this session.
    pub(crate) fn acts_as(&self, least: StaffRole) -> bool {
        self.user.is_staff(least) && self.is_verified()
    }
}

/// A person who has shown a second factor in this session: nobody changes anything without.
#[derive(Debug, Clone)]
pub(crate) struct Verified(pub(crate) Person);

/// Such a person who has given their password within ten minutes: for what would let a thief of the
/// session stay.
#[derive(Debug, Clone)]
pub(crate) struct FreshPerson(pub(crate) Person);

/// A person who may add a second factor: with the password within ten minutes, and with one of the
/// factors that they have, where they have some.
#[derive(Debug, Clone)]
pub(crate) struct Enrolling(pub(crate) Person);

/// Somebody who has given their password and is still to show their second factor.
#[derive(Debug, Clone)]
pub(crate) struct Pending(pub(crate) Person);

/// A kind of staff, as a type.
pub(crate) trait AtLeast: Send + Sync + 'static {
    /// The least role that is enough.
    const ROLE: StaffRole;
}

macro_rules! at_least {
    ($($name:ident)*) => {
        $(
            /// Those with this role, and those above.
            #[derive(Debug, Clone, Copy)]
            pub(crate) struct $name;

            impl AtLeast for $name {
                const ROLE: StaffRole = StaffRole::$name;
            }
        )*
    };
}

at_least!(Observer Reviewer Admin);

/// Somebody who does something for the index as a whole and has shown a second factor in this session.
#[derive(Debug, Clone)]
pub(crate) struct Staff<R> {
    /// Who.
    pub(crate) person: Person,
    least: PhantomData<R>,
}

/// Whoever's session a request brings, in full or pending; `None` where it brings none that counts.
/// What a header says goes before a cookie, and a wrong header is not made good by one.
pub(crate) async fn find(parts: &mut Parts, app: &App) -> Result<Option<Person>, Response> {
    let secret = match credentials(&parts.headers) {
        Credentials::Session(secret) => Some(secret),
        Credentials::Token(_) | Credentials::Unreadable => None,
        Credentials::None => session_cookie::secret(app, &parts.headers),
    };
    let Some(secret) = secret else { return Ok(None) };
    let visitor = Visitor::from_request_parts(parts, app).await?;
    let found = sessions::recognise(app, &secret).await.map_err(IntoResponse::into_response)?;
    if let Some((_, user)) = &found {
        Tally::of(parts).admit_person(app, &user.id).map_err(Spent::refusal)?;
    }
    Ok(found.filter(|(_, user)| user.state == UserState::Active).map(|(session, user)| Person {
        user,
        session,
        visitor,
    }))
}

/// What somebody gets who is still to do something: a script is told, a browser is led there.
fn first(parts: &Parts, status: StatusCode, (page, detail): (&str, &str), hint: &str) -> Response {
    let path = parts.uri.path();
    if path.starts_with("/api/") {
        return problem(status, detail.to_owned(), Some(hint.to_owned()));
    }
    // The index may stand behind a prefix, so the way is told from here.
    let root = "../".repeat(path.matches('/').count().saturating_sub(1));
    let asked = if parts.method == Method::GET { path } else { "/account" };
    let next: String = asked.chars().filter(|c| c.is_ascii_alphanumeric() || "/-._".contains(*c)).collect();
    let to = format!("{}{page}?next={next}", if root.is_empty() { "./" } else { &root });
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(to) = HeaderValue::from_str(&to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}

impl FromRequestParts<App> for Person {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        match find(parts, app).await? {
            Some(person) if person.session.pending => Err(first(
                parts,
                StatusCode::UNAUTHORIZED,
                ("login/second-step", "a second factor is still to be shown"),
                "show it with this session, then go on with the one that you are given",
            )),
            Some(person) => {
                person.may_change(parts, app).map_err(Spent::refusal)?;
                Ok(person)
            }
            None => Err(first(
                parts,
                StatusCode::UNAUTHORIZED,
                ("login", "log in first"),
                "POST /api/v1/login gives a session; send it as `Authorization: Bearer fondaco-session-...`",
            )),
        }
    }
}

impl FromRequestParts<App> for Verified {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let person = Person::from_request_parts(parts, app).await?;
        if person.is_verified() { Ok(Self(person)) } else { Err(unverified(parts, app, &person).await) }
    }
}

impl FromRequestParts<App> for FreshPerson {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Verified(person) = Verified::from_request_parts(parts, app).await?;
        fresh(parts, app, person).map(Self).map_err(|refusal| *refusal)
    }
}

impl FromRequestParts<App> for Enrolling {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let person = Person::from_request_parts(parts, app).await?;
        if !person.is_verified() && has_factors(app, &person).await.map_err(IntoResponse::into_response)? {
            return Err(unverified(parts, app, &person).await);
        }
        fresh(parts, app, person).map(Self).map_err(|refusal| *refusal)
    }
}

fn fresh(parts: &Parts, app: &App, person: Person) -> Result<Person, Box<Response>> {
    if person.session.is_fresh(app.now()) {
        return Ok(person);
    }
    Err(Box::new(password_first(parts)))
}

fn password_first(parts: &Parts) -> Response {
    first(
        parts,
        StatusCode::FORBIDDEN,
        ("account/confirm", "this needs your password once more"),
        "POST /api/v1/account/confirm, then try again within 10 minutes",
    )
}

async fn has_factors(app: &App, person: &Person) -> Result<bool, Trouble> {
    Ok(!app.parts.store.factors(&person.user.id).await?.is_empty())
}

/// What somebody gets who would change something in a session without a second factor: what they are to
/// do first.
pub(crate) async fn unverified(parts: &Parts, app: &App, person: &Person) -> Response {
    let has_some = match has_factors(app, person).await {
        Ok(has_some) => has_some,
        Err(trouble) => return trouble.into_response(),
    };
    if !parts.uri.path().starts_with("/api/") {
        let root = "../".repeat(parts.uri.path().matches('/').count().saturating_sub(1));
        return web::unverified(app, &root, has_some).await.unwrap_or_else(IntoResponse::into_response);
    }
    let hint = if has_some {
        "log in again and show a second factor: POST /api/v1/login, then /api/v1/login/second-step"
    } else {
        "add one, which works in this session: POST /api/v1/account/factors/totp, or a passkey at /account/factors"
    };
    problem(
        StatusCode::FORBIDDEN,
        "this session has shown no second factor: it reads, adds one and logs out, and nothing else"
            .to_owned(),
        Some(hint.to_owned()),
    )
}

impl FromRequestParts<App> for Pending {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        match find(parts, app).await?.filter(|person| person.session.pending) {
            Some(person) => Ok(Self(person)),
            None => Err(first(
                parts,
                StatusCode::UNAUTHORIZED,
                ("login", "log in with your password first"),
                "POST /api/v1/login gives a session that waits for a second factor",
            )),
        }
    }
}

impl<R: AtLeast> FromRequestParts<App> for Staff<R> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let person = Person::from_request_parts(parts, app).await?;
        if person.acts_as(R::ROLE) {
            let demanded = factors::demand_of(app, &person, None).await;
            demanded.map_err(IntoResponse::into_response)?;
            return Ok(Self { person, least: PhantomData });
        }
        if person.user.is_staff(R::ROLE) {
            return Err(unverified(parts, app, &person).await);
        }
        Err(problem(
            StatusCode::FORBIDDEN,
            format!("this is for staff with the role {} who logged in with a second factor", R::ROLE.id()),
            None,
        ))
    }
}
