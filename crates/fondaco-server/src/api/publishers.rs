//! Trusted publishers. `GET /api/v1/publishers` lists those of one's own projects and one's pending ones,
//! `POST` adds one, `DELETE /api/v1/publishers/ID` removes it. `PUT /api/v1/projects/NAME/publishing` says
//! whether a project takes uploads of nobody else.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{Actor, Deed, Denial, Means, Principal, ProjectAct, Publisher, UserState, may};
use fondaco_pydist::ProjectName;
use fondaco_wire::token_v1::{self, PublisherOrder, Publishing};
use serde_json::json;

use super::not_found;
use super::upload::rejected;
use crate::app::App;
use crate::factors;
use crate::person::{FreshPerson, Person};
use crate::publishing::{self, Act, Named, PublisherError};
use crate::trouble::{Trouble, problem};
use crate::uploads;

/// What is expected of who adds one.
const EXAMPLE: &str =
    r#"{"project": "house-tools", "issuer": "https://ci.example", "claims": {"sub": "job:7"}}"#;

/// Somebody who is logged in, as far as decisions about projects turn on it.
async fn actor(app: &App, person: &Person) -> Result<Actor, Trouble> {
    let (store, user) = (&app.parts.store, &person.user);
    Ok(Actor::Person(Box::new(Principal {
        id: user.id.clone(),
        means: Means::Session { second_factor: person.session.factor_verified_at.is_some() },
        frozen: user.state != UserState::Active,
        staff: user.staff,
        organisations: store.organisations_of(&user.id).await?,
        teams: store.teams_of(&user.id).await?,
    })))
}

/// Who publishes a project is as much as who has a role on it.
async fn manages(app: &App, actor: &Actor, project: &ProjectName) -> Result<Result<(), Denial>, Trouble> {
    let holders = app.parts.store.holders(project).await?;
    Ok(may(actor, ProjectAct::ManageRoles, project, &holders))
}

fn act(app: &App, person: &Person) -> Act {
    Act { by: person.actor(), user: Some(person.user.id.clone()), at: app.now() }
}

fn denied(denial: Denial) -> Response {
    problem(StatusCode::FORBIDDEN, denial.to_string(), None)
}

fn expected(example: &str) -> Response {
    let hint = Some(format!("e.g. {example}"));
    problem(StatusCode::BAD_REQUEST, "another JSON object is expected".to_owned(), hint)
}

fn refused(error: PublisherError) -> Result<Response, Trouble> {
    let said = error.to_string();
    let status = match error {
        PublisherError::Store(error) => return Err(error.into()),
        PublisherError::Randomness(_) => return Err(Trouble::Inside(said)),
        PublisherError::Unknown | PublisherError::NoProject(_) => return Ok(not_found(said, None)),
        PublisherError::Exists(_) | PublisherError::TooMany | PublisherError::Already => StatusCode::CONFLICT,
        PublisherError::Invalid(_) | PublisherError::NoOwner(_) => StatusCode::BAD_REQUEST,
    };
    Ok(problem(status, said, None))
}

/// The publishers of somebody's projects, and their pending ones.
pub(crate) async fn theirs(app: &App, person: &Person) -> Result<Vec<Publisher>, Trouble> {
    let actor = actor(app, person).await?;
    let mut found = Vec::new();
    for publisher in app.parts.store.publishers(None).await? {
        if is_theirs(app, (person, &actor), &publisher).await? {
            found.push(publisher);
        }
    }
    Ok(found)
}

pub(super) async fn list(person: Person, State(app): State<App>) -> Result<Response, Trouble> {
    let publishers = theirs(&app, &person).await?;
    let shown: Vec<_> = publishers.iter().map(token_v1::Publisher::from).collect();
    let body = json!({"schema": "fondaco.publishers/1", "publishers": shown});
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(body)).into_response())
}

async fn is_theirs(
    app: &App,
    (person, actor): (&Person, &Actor),
    publisher: &Publisher,
) -> Result<bool, Trouble> {
    if publisher.pending {
        return Ok(publisher.owner.as_ref() == Some(&person.user.id));
    }
    let holders = app.parts.store.holders(&publisher.project).await?;
    Ok(may(actor, ProjectAct::SeeRoles, &publisher.project, &holders).is_ok())
}

/// Adds a publisher for somebody; the inner error is the answer to who may not, or wants what can't be.
pub(crate) async fn add_for(
    app: &App,
    person: &Person,
    order: PublisherOrder,
) -> Result<Result<Publisher, Response>, Trouble> {
    let PublisherOrder { project, issuer, claims } = order;
    let Ok(project) = project.parse::<ProjectName>() else { return Ok(Err(expected(EXAMPLE))) };
    app.permit(Deed::Management).await?;
    if let Err(error) = factors::demand_of(app, person, Some(&project)).await {
        return Ok(Err(error.into_response()));
    }
    let trusted = app.parts.issuers.iter().find(|trusted| trusted.issuer.name() == issuer);
    let Some(trusted) = trusted else {
        let names = app.trusted_issuers();
        let hint =
            format!("it trusts {}", if names.is_empty() { "none".to_owned() } else { names.join(", ") });
        let detail = "this index trusts no issuer of that name".to_owned();
        return Ok(Err(problem(StatusCode::BAD_REQUEST, detail, Some(hint))));
    };
    let actor = actor(app, person).await?;
    if app.parts.store.own_project(&project).await?.is_some() {
        if let Err(denial) = manages(app, &actor, &project).await? {
            return Ok(Err(denied(denial)));
        }
    } else if let Err(rejection) = uploads::check_new(app, &project).await? {
        return Ok(Err(rejected(&rejection)));
    }
    let named = Named { project, issuer: &issuer, kind: trusted.kind, claims, required: &trusted.required };
    match publishing::add(&app.parts.store, named, &act(app, person)).await {
        Ok(publisher) => Ok(Ok(publisher)),
        Err(error) => refused(error).map(Err),
    }
}

/// Removes a publisher for somebody; the same of the inner error.
pub(crate) async fn remove_for(
    app: &App,
    person: &Person,
    id: &str,
) -> Result<Result<(), Response>, Trouble> {
    app.permit(Deed::Safety).await?;
    let actor = actor(app, person).await?;
    let unknown = || Ok(Err(not_found("there is no such publisher", None)));
    let Some(publisher) = app.parts.store.publisher(id).await? else { return unknown() };
    if !is_theirs(app, (person, &actor), &publisher).await? {
        return unknown();
    }
    if !publisher.pending
        && let Err(denial) = manages(app, &actor, &publisher.project).await?
    {
        return Ok(Err(denied(denial)));
    }
    match publishing::remove(&app.parts.store, id, &act(app, person)).await {
        Ok(()) => Ok(Ok(())),
        Err(error) => refused(error).map(Err),
    }
}

pub(super) async fn add(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
    order: Result<Json<PublisherOrder>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Ok(Json(order)) = order else { return Ok(expected(EXAMPLE)) };
    let added = add_for(&app, &person, order).await?;
    let shown = |publisher: Publisher| {
        (StatusCode::CREATED, Json(token_v1::Publisher::from(&publisher))).into_response()
    };
    Ok(added.map_or_else(|refusal| refusal, shown))
}

pub(super) async fn remove(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let removed = remove_for(&app, &person, &id).await?;
    Ok(removed.map_or_else(|refusal| refusal, |()| StatusCode::NO_CONTENT.into_response()))
}

pub(super) async fn set(
    FreshPerson(person): FreshPerson,
    State(app): State<App>,
    Path(name): Path<String>,
    order: Result<Json<Publishing>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Ok(Json(Publishing { only_trusted })) = order else {
        return Ok(expected(r#"{"only_trusted": true}"#));
    };
    app.permit(Deed::Management).await?;
    // The same for a project that is not there as for one of somebody else.
    let denial = || denied(Denial::NoRole);
    let Ok(project) = name.parse::<ProjectName>() else { return Ok(denial()) };
    let actor = actor(&app, &person).await?;
    if manages(&app, &actor, &project).await?.is_err() {
        return Ok(denial());
    }
    if let Err(error) = factors::demand_of(&app, &person, Some(&project)).await {
        return Ok(error.into_response());
    }
    let store = &app.parts.store;
    match publishing::set_only_trusted(store, &project, only_trusted, &act(&app, &person)).await {
        Ok(()) | Err(PublisherError::Already) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(PublisherError::NoProject(_)) => Ok(denial()),
        Err(error) => refused(error),
    }
}
