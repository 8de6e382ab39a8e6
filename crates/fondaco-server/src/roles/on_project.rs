//! Somebody who may do one thing with the project that the path names.

use std::marker::PhantomData;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use fondaco_model::{Actor, Holders, ProjectAct, UpstreamName, may};
use fondaco_pydist::ProjectName;

use super::principal::caller;
use super::{By, denied};
use crate::api::not_found;
use crate::app::App;
use crate::factors;
use crate::person::FreshPerson;
use crate::reader::Reader;

/// What an endpoint does with a project, as a type.
pub(crate) trait ProjectActKind: Send + Sync + 'static {
    /// The act.
    const ACT: ProjectAct;
}

macro_rules! kinds {
    ($($name:ident)*) => {
        $(
            /// See [`ProjectAct`].
            #[derive(Debug, Clone, Copy)]
            pub(crate) struct $name;

            impl ProjectActKind for $name {
                const ACT: ProjectAct = ProjectAct::$name;
            }
        )*
    };
}

kinds!(SeeRoles ManageRoles Transfer Yank SetStatus Delete SeeReview Review);

/// Somebody who may do `A` with the project in the path.
#[derive(Debug, Clone)]
pub(crate) struct OnProject<A> {
    /// Who.
    pub(crate) by: By,
    /// The project.
    pub(crate) project: ProjectName,
    /// Who holds it.
    pub(crate) holders: Holders,
    act: PhantomData<A>,
}

/// The answer about a project that is not there, or not for them.
fn nothing() -> Response {
    not_found("there is no such project of our own here", None)
}

impl<A: ProjectActKind> FromRequestParts<App> for OnProject<A> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let (by, person) = caller(parts, app).await?;
        let params =
            RawPathParams::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let name = params.iter().find_map(|(key, value)| (key == "name").then_some(value));
        let project: ProjectName = name.and_then(|name| name.parse().ok()).ok_or_else(nothing)?;
        let trouble = |error: fondaco_store::StoreError| crate::trouble::Trouble::from(error).into_response();
        let holders = app.parts.store.holders(&project).await.map_err(trouble)?;
        let decision = may(&by.actor, A::ACT, &project, &holders);
        // Staff also reviews what is pulled through.
        let reviews = matches!(A::ACT, ProjectAct::SeeReview | ProjectAct::Review);
        let own = app.parts.store.own_project(&project).await.map_err(trouble)?.is_some();
        if decision.is_err() || (!own && !reviews) {
            let reader = match &person {
                Some(person) => {
                    Reader::of_person(app, person.clone()).await.map_err(IntoResponse::into_response)?
                }
                None => Reader::Anonymous,
            };
            if !own || !reader.may_read(app, &UpstreamName::own(), &project) {
                return Err(nothing());
            }
        }
        decision.map_err(denied)?;
        if let Some(person) = person.as_ref().filter(|_| !A::ACT.only_sees()) {
            let demanded = factors::demand_of(app, person, Some(&project)).await;
            demanded.map_err(IntoResponse::into_response)?;
        }
        if A::ACT.is_sensitive() && matches!(by.actor, Actor::Person(_)) {
            FreshPerson::from_request_parts(parts, app).await?;
        }
        Ok(Self { by, project, holders, act: PhantomData })
    }
}
