//! Tokens of people. `GET /api/v1/tokens` lists one's own, `POST` issues one, `DELETE
//! /api/v1/tokens/ID` revokes it, `POST /api/v1/tokens/ID/rotate` puts another in its place.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_macaroon::Caveat;
use fondaco_model::{Deed, IssuedToken};
use fondaco_wire::token_v1::{self, Given, Order, Rotation};
use serde_json::json;

use crate::app::App;
use crate::factors;
use crate::issued::{self, By, IssueError};
use crate::person::{FreshPerson, Person, Verified};
use crate::trouble::{Trouble, problem};

/// Most projects or ranges of addresses of one token.
const MOST: usize = 50;

pub(super) async fn list(person: Person, State(app): State<App>) -> Result<Response, Trouble> {
    let tokens = app.parts.store.issued_tokens_of(&person.user.id).await?;
    let shown: Vec<_> = tokens.iter().map(token_v1::Token::from).collect();
    Ok(fresh(Json(json!({"schema": "fondaco.tokens/1", "tokens": shown}))))
}

/// Why somebody gets no token.
pub(crate) enum NotIssued {
    /// What they want is not possible.
    Said(StatusCode, String),
    /// They may not, or something failed.
    Answer(Response),
}

impl From<Trouble> for NotIssued {
    fn from(trouble: Trouble) -> Self {
        Self::Answer(trouble.into_response())
    }
}

impl NotIssued {
    fn answer(self) -> Response {
        match self {
            Self::Said(status, detail) => {
                let example = r#"e.g. {"label": "ci", "projects": ["house-tools"], "expires_at": "2027-06-30T12:00:00Z"}"#;
                let hint = (status == StatusCode::BAD_REQUEST).then(|| example.to_owned());
                problem(status, detail, hint)
            }
            Self::Answer(response) => response,
        }
    }

    fn of(error: IssueError) -> Self {
        let said = error.to_string();
        match error {
            IssueError::Store(error) => Trouble::from(error).into(),
            IssueError::Randomness(_) => Trouble::Inside(said).into(),
            IssueError::Unknown => Self::Said(StatusCode::NOT_FOUND, said),
            IssueError::TooMany => Self::Said(StatusCode::CONFLICT, said),
            _ => Self::Said(StatusCode::BAD_REQUEST, said),
        }
    }
}

/// Whether somebody may have tokens made now: a token stands for the second factor that its maker has.
async fn permitted(app: &App, person: &Person) -> Result<(), NotIssued> {
    let demanded = factors::demand_of(app, person, None).await;
    demanded.map_err(|error| NotIssued::Answer(error.into_response()))?;
    Ok(app.permit(Deed::Management).await?)
}

/// Issues a token to somebody.
pub(crate) async fn issue_to(
    app: &App,
    person: &Person,
    order: Order,
) -> Result<(IssuedToken, String), NotIssued> {
    permitted(app, person).await?;
    let wrong = || NotIssued::Said(StatusCode::BAD_REQUEST, "a value in it is not right".to_owned());
    let order = read(order).ok_or_else(wrong)?;
    let (actor, at) = (person.actor(), app.now());
    let by = By { user: &person.user.id, actor: &actor, at };
    issued::issue(&app.parts.store, order, app.parts.settings.lives, by).await.map_err(NotIssued::of)
}

/// Issues another token in the place of one of somebody's.
pub(crate) async fn rotate_for(
    app: &App,
    person: &Person,
    id: &str,
    overlap: Duration,
) -> Result<(IssuedToken, String), NotIssued> {
    permitted(app, person).await?;
    let (actor, at) = (person.actor(), app.now());
    let by = By { user: &person.user.id, actor: &actor, at };
    let lives = app.parts.settings.lives;
    issued::rotate(&app.parts.store, id, overlap, (lives, by)).await.map_err(NotIssued::of)
}

/// Revokes a token of somebody's.
pub(crate) async fn revoke_for(app: &App, person: &Person, id: &str) -> Result<(), NotIssued> {
    app.permit(Deed::Safety).await?;
    let (actor, at) = (person.actor(), app.now());
    let by = By { user: &person.user.id, actor: &actor, at };
    issued::revoke(&app.parts.store, id, by).await.map_err(NotIssued::of)
}

pub(super) async fn issue(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
    order: Result<Json<Order>, JsonRejection>,
) -> Response {
    let Ok(Json(order)) = order else {
        return NotIssued::Said(StatusCode::BAD_REQUEST, "a JSON object is expected".to_owned()).answer();
    };
    answer(issue_to(&app, &person, order).await)
}

pub(super) async fn rotate(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
    Path(id): Path<String>,
    rotation: Result<Json<Rotation>, JsonRejection>,
) -> Response {
    let Ok(Json(Rotation { overlap })) = rotation else {
        let hint = r#"{"overlap": 3600}: so many seconds the old one counts on"#.to_owned();
        return problem(StatusCode::BAD_REQUEST, "a JSON object is expected".to_owned(), Some(hint));
    };
    answer(rotate_for(&app, &person, &id, Duration::from_secs(overlap)).await)
}

pub(super) async fn revoke(
    Verified(person): Verified,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Response {
    match revoke_for(&app, &person, &id).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => error.answer(),
    }
}

fn read(order: Order) -> Option<issued::Order> {
    let mut caveats = Vec::new();
    let instant = |text: String| text.parse::<fondaco_model::Timestamp>().ok();
    if let Some(projects) = order.projects {
        let projects = projects.iter().map(|name| name.parse().ok()).collect::<Option<Vec<_>>>()?;
        caveats.push(Caveat::Projects(some(projects)?));
    }
    if let Some(ranges) = order.addresses {
        // A single address is a range of one.
        let range = |text: &String| {
            let single = || text.parse::<std::net::IpAddr>().ok().map(Into::into);
            text.parse().ok().or_else(single)
        };
        let ranges = ranges.iter().map(range).collect::<Option<Vec<_>>>()?;
        caveats.push(Caveat::Addresses(some(ranges)?));
    }
    if let Some(begin) = order.not_before {
        caveats.push(Caveat::NotBefore(instant(begin)?.as_second()));
    }
    if order.uploads_only {
        caveats.push(Caveat::UploadsOnly);
    }
    if order.once {
        caveats.push(Caveat::Once(crate::tokens::random::<8>().ok()?));
    }
    let expires_at = match order.expires_at {
        Some(end) => Some(instant(end)?),
        None => None,
    };
    Some(issued::Order { label: order.label, caveats, expires_at })
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (1..=MOST).contains(&list.len()).then_some(list)
}

fn answer(outcome: Result<(IssuedToken, String), NotIssued>) -> Response {
    match outcome {
        Ok((token, text)) => {
            let given = Given { text, token: token_v1::Token::from(&token) };
            (StatusCode::CREATED, fresh(Json(given))).into_response()
        }
        Err(error) => error.answer(),
    }
}

fn fresh(body: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], body).into_response()
}
