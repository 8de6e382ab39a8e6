//! Somebody who has a role in the organisation that the path names, or is staff.

use std::marker::PhantomData;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use fondaco_model::{Actor, Organisation, OrganisationAct, OrganisationRole, may_in};

use super::principal::caller;
use super::{By, denied};
use crate::api::not_found;
use crate::app::App;
use crate::factors;
use crate::person::FreshPerson;
use crate::trouble::Trouble;

/// A role in an organisation, as a type.
pub(crate) trait AtLeastAs: Send + Sync + 'static {
    /// The least role that is enough.
    const ROLE: OrganisationRole;
}

macro_rules! kinds {
    ($($name:ident)*) => {
        $(
            /// See [`OrganisationRole`].
            #[derive(Debug, Clone, Copy)]
            pub(crate) struct $name;

            impl AtLeastAs for $name {
                const ROLE: OrganisationRole = OrganisationRole::$name;
            }
        )*
    };
}

kinds!(Member Manager Owner);

/// Somebody who is at least `R` in the organisation in the path; what a change needs beyond that is
/// decided with the change.
#[derive(Debug, Clone)]
pub(crate) struct InOrganisation<R> {
    /// Who.
    pub(crate) by: By,
    /// The organisation.
    pub(crate) organisation: Organisation,
    role: PhantomData<R>,
}

impl<R: AtLeastAs> FromRequestParts<App> for InOrganisation<R> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let (by, person) = caller(parts, app).await?;
        let params =
            RawPathParams::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let name = params.iter().find_map(|(key, value)| (key == "organisation").then_some(value));
        let nothing = || not_found("there is no such organisation here", None);
        let name = name.and_then(|name| name.parse().ok()).ok_or_else(nothing)?;
        let found = app.parts.store.organisation(&name).await;
        let organisation = found.map_err(|error| Trouble::from(error).into_response())?;
        // Who belongs to an organisation is for its members to know, and so is whether there is one.
        if organisation.is_none() || may_in(&by.actor, OrganisationAct::See, &name).is_err() {
            return Err(match may_in(&by.actor, OrganisationAct::See, &name) {
                Err(denial) if !matches!(denial, fondaco_model::Denial::NoRole) => denied(denial),
                _ => nothing(),
            });
        }
        let least = match R::ROLE {
            OrganisationRole::Member => OrganisationAct::See,
            OrganisationRole::Manager => OrganisationAct::Give(OrganisationRole::Member),
            OrganisationRole::Owner => OrganisationAct::Dissolve,
        };
        may_in(&by.actor, least, &name).map_err(denied)?;
        if let Some(person) = person.as_ref().filter(|_| parts.method != Method::GET) {
            factors::demand_of(app, person, None).await.map_err(IntoResponse::into_response)?;
        }
        if R::ROLE == OrganisationRole::Owner && matches!(by.actor, Actor::Person(_)) {
            FreshPerson::from_request_parts(parts, app).await?;
        }
        let organisation = organisation.ok_or_else(nothing)?;
        Ok(Self { by, organisation, role: PhantomData })
    }
}
