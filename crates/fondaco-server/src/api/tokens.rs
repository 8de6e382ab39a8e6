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
use crate::person::{FreshPerson, Person};
use crate::trouble::{Trouble, problem};

/// Most projects or ranges of addresses of one token.
const MOST: usize = 50;

pub(super) async fn list(person: Person, State(app): State<App>) -> Result<Response, Trouble> {
    let tokens = app.parts.store.issued_tokens_of(&person.user.id).await?;
    let shown: Vec<_> = tokens.iter().map(token_v1::Token::from).collect();
    Ok(fresh(Json(json!({"schema": "fondaco.tokens/1", "tokens": shown}))))
}

pub(super) async fn issue(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
    order: Result<Json<Order>, JsonRejection>,
) -> Result<Response, Trouble> {
    let expected = |why: &str| {
        let hint = r#"e.g. {"label": "ci", "projects": ["house-tools"], "expires_at": "2027-06-30T12:00:00Z"}"#;
        problem(StatusCode::BAD_REQUEST, why.to_owned(), Some(hint.to_owned()))
    };
    let Ok(Json(order)) = order else { return Ok(expected("a JSON object is expected")) };
    // A token stands for the second factor that its maker has shown.
    if let Err(error) = factors::demand_of(&app, &person, None).await {
        return Ok(error.into_response());
    }
    app.permit(Deed::Management).await?;
    let Some(order) = read(order) else { return Ok(expected("a value in it is not right")) };
    let (actor, at) = (person.actor(), app.now());
    let by = By { user: &person.user.id, actor: &actor, at };
    let outcome = issued::issue(&app.parts.store, order, app.parts.settings.lives, by).await;
    answer(outcome, StatusCode::CREATED)
}

pub(super) async fn rotate(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
    Path(id): Path<String>,
    rotation: Result<Json<Rotation>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Ok(Json(Rotation { overlap })) = rotation else {
        let hint = r#"{"overlap": 3600}: so many seconds the old one counts on"#.to_owned();
        return Ok(problem(StatusCode::BAD_REQUEST, "a JSON object is expected".to_owned(), Some(hint)));
    };
    if let Err(error) = factors::demand_of(&app, &person, None).await {
        return Ok(error.into_response());
    }
    app.permit(Deed::Management).await?;
    let (actor, at) = (person.actor(), app.now());
    let by = By { user: &person.user.id, actor: &actor, at };
    let overlap = Duration::from_secs(overlap);
    let lives = app.parts.settings.lives;
    answer(issued::rotate(&app.parts.store, &id, overlap, (lives, by)).await, StatusCode::CREATED)
}

pub(super) async fn revoke(
    person: Person,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    app.permit(Deed::Safety).await?;
    let (actor, at) = (person.actor(), app.now());
    match issued::revoke(&app.parts.store, &id, By { user: &person.user.id, actor: &actor, at }).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => refused(error),
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

fn answer(outcome: Result<(IssuedToken, String), IssueError>, status: StatusCode) -> Result<Response, Trouble> {
    match outcome {
        Ok((token, text)) => {
            let given = Given { text, token: token_v1::Token::from(&token) };
            Ok((status, fresh(Json(given))).into_response())
        }
        Err(error) => refused(error),
    }
}

fn refused(error: IssueError) -> Result<Response, Trouble> {
    let said = error.to_string();
    match error {
        IssueError::Store(error) => Err(error.into()),
        IssueError::Randomness(_) => Err(Trouble::Inside(said)),
        IssueError::Unknown => Ok(super::not_found(said, None)),
        IssueError::TooMany => Ok(problem(StatusCode::CONFLICT, said, None)),
        _ => Ok(problem(StatusCode::BAD_REQUEST, said, None)),
    }
}

fn fresh(body: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], body).into_response()
}
