//! Who reads, and what they may read.
//!
//! Every endpoint that shows something of projects takes a [`Reader`] first (see `endpoints`), and
//! asks it before it shows a project. What a reader may not read looks as if it were not there: the
//! same answer, after the same work (`view::shown`).

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_macaroon::Use;
use fondaco_model::{Audience, StaffRole, TeamName, Token, UpstreamName};
use fondaco_pydist::ProjectName;

use crate::app::App;
use crate::bearer;
use crate::client_address::ClientAddress;
use crate::credentials::{Credentials, credentials};
use crate::layers;
use crate::limits::{Spent, Tally};
use crate::person::{self, Person};
use crate::trouble::{Trouble, problem};

/// What a client is asked for; it makes pip, uv and others look into netrc and keyring.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Basic realm=\"Fondaco\", charset=\"UTF-8\"");

/// Who reads.
#[derive(Debug, Clone)]
pub(crate) enum Reader {
    /// Somebody without a token.
    Anonymous,
    /// Somebody with a token that is in force.
    Bearer(Box<Token>),
    /// Somebody who is logged in. Whoever may register is no reader by that alone: staff who review
    /// read everything, others what anybody, their teams and their organisations may read, and what
    /// they have a role on.
    Person(Box<ReadingPerson>),
    /// The index itself, for its own work: never in the name of a request.
    Index,
}

/// A person who reads.
#[derive(Debug, Clone)]
pub(crate) struct ReadingPerson {
    person: Person,
    teams: BTreeSet<TeamName>,
    /// The projects that they have a role on, and those of their organisations.
    held: BTreeSet<ProjectName>,
}

impl Reader {
    /// A person who is logged in.
    pub(crate) async fn of_person(app: &App, person: Person) -> Result<Self, Trouble> {
        let teams = app.parts.store.teams_of(&person.user.id).await?;
        let held = app.parts.store.projects_read_by(&person.user.id).await?;
        Ok(Self::Person(Box::new(ReadingPerson { person, teams, held })))
    }

    /// Whether they may read a project of a layer.
    pub(crate) fn may_read(&self, app: &App, layer: &UpstreamName, project: &ProjectName) -> bool {
        let audience = app.parts.settings.reading.audience(layer, project);
        self.is_in(app, layer, project, self.is_of(audience))
    }

    fn is_of(&self, audience: &Audience) -> bool {
        match self {
            Self::Person(reader) => audience.has_person(&reader.teams),
            _ => audience.has(self.token()),
        }
    }

    /// Whether they may read all that is kept under a name: of one that was lifted there is something
    /// from when it was ours, and from since, and both have to be read.
    pub(crate) async fn may_read_past(&self, app: &App, project: &ProjectName) -> Result<bool, Trouble> {
        if self.reads_all(app) {
            return Ok(true);
        }
        let own = layers::is_own(app, project).await?;
        let was_ours = own || app.parts.store.was_own(project).await?;
        Ok(self.may_read(app, &layers::layer(app, project, own), project)
            && (!was_ours || self.may_read(app, &UpstreamName::own(), project)))
    }

    /// Whether they would get an answer about a name of a layer that nothing is said of, such as one
    /// that is nowhere.
    pub(crate) fn may_ask(&self, app: &App, layer: &UpstreamName, name: &ProjectName) -> bool {
        let any = app.parts.settings.reading.audience_of_any(layer, name);
        self.is_in(app, layer, name, self.is_of(any))
    }

    fn token(&self) -> Option<&Token> {
        match self {
            Self::Bearer(token) => Some(token),
            Self::Anonymous | Self::Person(_) | Self::Index => None,
        }
    }

    /// Whoever may publish a project may read it.
    fn is_in(&self, app: &App, layer: &UpstreamName, project: &ProjectName, named: bool) -> bool {
        let publishes = |token: &Token| layer.is_own() && token.may_upload_to(project);
        match self {
            Self::Index => true,
            _ if app.parts.settings.reading.is_open() => true,
            Self::Anonymous => named,
            Self::Person(reader) => {
                let holds = layer.is_own() && reader.held.contains(project);
                named || holds || reader.person.acts_as(StaffRole::Reviewer)
            }
            Self::Bearer(token) => named || publishes(token),
        }
    }

    /// Whether everything may be read.
    pub(crate) fn reads_all(&self, app: &App) -> bool {
        let reviews = |reader: &ReadingPerson| reader.person.acts_as(StaffRole::Reviewer);
        matches!(self, Self::Index)
            || app.parts.settings.reading.is_open()
            || matches!(self, Self::Person(reader) if reviews(reader))
    }

    /// The answer about a name that is not there, or not for this reader. Where no name of its kind
    /// can be read without a token, whether there is such a project or not, one is asked for.
    pub(crate) fn nothing(&self, app: &App, name: &ProjectName, absent: Response) -> Response {
        let own = UpstreamName::own();
        let layers = std::iter::once(&own).chain(app.source(name).map(|source| &source.name));
        match self {
            Self::Anonymous if layers.into_iter().all(|layer| !self.may_ask(app, layer, name)) => {
                unknown(false)
            }
            _ => absent,
        }
    }
}

/// Somebody has to say who they are, or has said it wrongly.
fn unknown(given: bool) -> Response {
    let (detail, hint) = if given {
        (
            "these credentials are not, or no longer, in force",
            "an operator makes a token with `fondaco admin token create`",
        )
    } else {
        (
            "a token is needed to read this",
            "the user name is __token__ and the password a token, in the index's address, netrc or keyring",
        )
    };
    let mut response = problem(StatusCode::UNAUTHORIZED, detail.to_owned(), Some(hint.to_owned()));
    response.headers_mut().insert(header::WWW_AUTHENTICATE, CHALLENGE);
    response
}

impl FromRequestParts<App> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let reading = &app.parts.settings.reading;
        // Nothing turns on it: credentials for another index that a client sends along do no harm.
        if reading.is_open() {
            return Ok(Self::Anonymous);
        }
        if let Some(person) = person::find(parts, app).await?.filter(|person| !person.session.pending) {
            return Self::of_person(app, person).await.map_err(IntoResponse::into_response);
        }
        match credentials(&parts.headers) {
            // Nothing is told by this: it is the answer to every question.
            Credentials::None if reading.is_closed() => Err(unknown(false)),
            Credentials::None => Ok(Self::Anonymous),
            Credentials::Session(_) | Credentials::Unreadable => Err(unknown(true)),
            Credentials::Token(text) => {
                let Ok(client) = ClientAddress::from_request_parts(parts, app).await;
                match bearer::recognise(app, &text, (client.0, Use::Other)).await {
                    Ok(bearer) => {
                        Tally::of(parts).admit_bearer(app, &bearer).map_err(Spent::refusal)?;
                        Ok(Self::Bearer(Box::new(bearer.token)))
                    }
                    Err(error) => Err(error.answer(unknown(true))),
                }
            }
        }
    }
}

/// What caches may do with an answer where not everybody may read everything: keep it for the one
/// client that got it.
pub(crate) fn keep_private(app: &App, response: &mut Response) {
    if app.parts.settings.reading.is_open() {
        return;
    }
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Authorization"));
    headers.append(header::VARY, HeaderValue::from_static("Cookie"));
    let given =
        headers.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or("no-cache");
    if !given.split(',').any(|one| matches!(one.trim(), "private" | "no-store"))
        && let Ok(private) = HeaderValue::from_str(&format!("private, {given}"))
    {
        headers.insert(header::CACHE_CONTROL, private);
    }
}
