//! Who reports and who appeals: anybody who is logged in, or has a token that is in force.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use fondaco_model::{Observer, ProjectRole, StaffRole, Token, Upload, UserId, UserState, account_of};
use fondaco_pydist::ProjectName;

use crate::app::App;
use crate::credentials::{Credentials, credentials};
use crate::limits::{Spent, Tally};
use crate::person::Person;
use crate::reader::Reader;
use crate::trouble::{Trouble, problem};
use crate::visitor::Visitor;
use crate::{roles, session_cookie, sessions, tokens};

/// Somebody who reports.
#[derive(Debug, Clone)]
pub(crate) struct Reporter {
    /// Who.
    pub(crate) observer: Observer,
    /// What they may read.
    pub(crate) reader: Reader,
    /// Whether they are staff whose reports are believed.
    pub(crate) trusted: bool,
}

fn nobody() -> Response {
    problem(
        StatusCode::UNAUTHORIZED,
        "log in, or send a token that is in force".to_owned(),
        Some(
            "POST /api/v1/login gives a session; send it, or a token, as `Authorization: Bearer ...`"
                .to_owned(),
        ),
    )
}

impl FromRequestParts<App> for Reporter {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        if let Credentials::Token(text) = credentials(&parts.headers) {
            let token = tokens::of_request(parts, app, &text).await?;
            let token = token.ok_or_else(nobody)?;
            let observer = Observer::of_actor(&token.actor());
            let reader = Reader::from_request_parts(parts, app).await?;
            return Ok(Self { observer, reader, trusted: false });
        }
        let person = Person::from_request_parts(parts, app).await?;
        let reader = Reader::from_request_parts(parts, app).await.unwrap_or(Reader::Anonymous);
        let trusted = person.acts_as(StaffRole::Observer);
        Ok(Self { observer: Observer::of_actor(&person.actor()), reader, trusted })
    }
}

/// Somebody who appeals: also one whose account is frozen.
#[derive(Debug, Clone)]
pub(crate) struct Appellant {
    /// Who.
    pub(crate) by: Observer,
    token: Option<Token>,
}

impl Appellant {
    /// Whether a project of our own is theirs: they own it, may publish it by their token, have made it,
    /// or a file of it is theirs.
    pub(crate) async fn owns(&self, app: &App, project: &ProjectName) -> Result<bool, Trouble> {
        let Some(own) = app.parts.store.own_project(project).await? else { return Ok(false) };
        let mine = |actor: &str| account_of(actor) == self.by.account;
        let publishes = self.token.as_ref().is_some_and(|token| token.may_upload_to(project));
        if publishes || mine(&own.made_by) || self.has_role(app, project).await? {
            return Ok(true);
        }
        Ok(app.parts.store.own_files(project).await?.iter().any(|file| mine(&file.uploaded_by)))
    }

    /// Whether an upload is theirs: they made it, or own its project. That of a publisher for a project
    /// which is not there yet is also that of the person who would own it.
    pub(crate) async fn uploaded(&self, app: &App, upload: &Upload) -> Result<bool, Trouble> {
        let account = account_of(&upload.uploaded_by);
        if account == self.by.account || self.owns(app, &upload.project).await? {
            return Ok(true);
        }
        let Some(id) = account.strip_prefix("publisher:") else { return Ok(false) };
        let publisher = app.parts.store.publisher(id).await?;
        let owner = publisher.and_then(|publisher| publisher.owner);
        Ok(owner.is_some_and(|owner| self.by.account == format!("user:{owner}")))
    }
}

impl Appellant {
    /// Whether a person owns a project, also by a team or its organisation, and also while frozen.
    async fn has_role(&self, app: &App, project: &ProjectName) -> Result<bool, Trouble> {
        let person = self.by.account.strip_prefix("user:").and_then(|id| id.parse::<UserId>().ok());
        let Some(person) = person else { return Ok(false) };
        Ok(roles::role_on(&app.parts.store, &person, project).await? == Some(ProjectRole::Owner))
    }
}

impl FromRequestParts<App> for Appellant {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let secret = match credentials(&parts.headers) {
            Credentials::Token(text) => {
                let token =
                    tokens::recognise_frozen(app, &text).await.map_err(IntoResponse::into_response)?;
                let token = token.ok_or_else(nobody)?;
                Tally::of(parts).admit_token(app, &token.id).map_err(Spent::refusal)?;
                return Ok(Self { by: Observer::of_actor(&token.actor()), token: Some(token) });
            }
            Credentials::Session(secret) => Some(secret),
            Credentials::None => session_cookie::secret(app, &parts.headers),
            Credentials::Unreadable => None,
        };
        Visitor::from_request_parts(parts, app).await?;
        let secret = secret.ok_or_else(nobody)?;
        let found = sessions::recognise(app, &secret).await.map_err(IntoResponse::into_response)?;
        let there = |user: &fondaco_model::User| matches!(user.state, UserState::Active | UserState::Frozen);
        let found = found.filter(|(session, user)| !session.pending && there(user));
        let (_, user) = found.ok_or_else(nobody)?;
        let tally = Tally::of(parts);
        tally.admit_person(app, &user.id).map_err(Spent::refusal)?;
        tally.admit_change(app, &parts.method, &user.id).map_err(Spent::refusal)?;
        Ok(Self { by: Observer::of_actor(&user.actor()), token: None })
    }
}
