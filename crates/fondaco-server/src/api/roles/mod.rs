//! Roles, organisations, invitations, and what owners and staff do with projects. The extractor that a
//! handler takes first says who may (`crate::roles`).

mod invitations;
mod lifecycle;
mod members;
mod organisations;
mod project;
mod review;
mod rulings;
mod teams;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{Invitation, UserId, UserName, rfc3339};
use fondaco_store::{Store, StoreError};
use fondaco_wire::roles_v1;
use serde::Serialize;

use crate::endpoints::{Endpoints, Verb};
use crate::roles::RoleError;

/// The endpoints.
pub(super) fn endpoints(table: Endpoints) -> Endpoints {
    let table = table
        .on_project(Verb::Get, "/api/v1/projects/{name}/roles", project::list)
        .on_project(Verb::Put, "/api/v1/projects/{name}/roles/{user}", project::set)
        .on_project(Verb::Delete, "/api/v1/projects/{name}/roles/{user}", project::remove)
        .caller(Verb::Post, "/api/v1/projects/{name}/leave", project::leave)
        .on_project(Verb::Post, "/api/v1/projects/{name}/invitations", project::invite)
        .on_project(Verb::Put, "/api/v1/projects/{name}/teams/{organisation}/{team}", project::set_team)
        .on_project(Verb::Delete, "/api/v1/projects/{name}/teams/{organisation}/{team}", project::remove_team)
        .on_project(Verb::Put, "/api/v1/projects/{name}/organisation", project::transfer)
        .on_project(Verb::Delete, "/api/v1/projects/{name}/organisation", project::take_out)
        .on_project(Verb::Post, "/api/v1/projects/{name}/yank", lifecycle::yank)
        .on_project(Verb::Post, "/api/v1/projects/{name}/unyank", lifecycle::unyank)
        .on_project(Verb::Put, "/api/v1/projects/{name}/status", lifecycle::set_status)
        .on_project(Verb::Post, "/api/v1/projects/{name}/delete", lifecycle::delete)
        .on_project(Verb::Post, "/api/v1/projects/{name}/undelete", lifecycle::undelete)
        .on_project(Verb::Get, "/api/v1/projects/{name}/review", review::of_project)
        .on_project(Verb::Post, "/api/v1/projects/{name}/quarantine", review::quarantine)
        .on_project(Verb::Post, "/api/v1/projects/{name}/unquarantine", review::unquarantine)
        .on_project(Verb::Post, "/api/v1/projects/{name}/notes", review::note)
        .staff(Verb::Get, "/api/v1/quarantines", review::list)
        .staff(Verb::Get, "/api/v1/rulings", rulings::list)
        .staff(Verb::Post, "/api/v1/files/{sha256}/rulings", rulings::make)
        .staff(Verb::Delete, "/api/v1/rulings/{id}", rulings::withdraw);
    table
        .caller(Verb::Get, "/api/v1/invitations", invitations::list)
        .caller(Verb::Post, "/api/v1/invitations/{id}/accept", invitations::accept)
        .caller(Verb::Post, "/api/v1/invitations/{id}/decline", invitations::decline)
        .caller(Verb::Delete, "/api/v1/invitations/{id}", invitations::withdraw)
        .caller(Verb::Get, "/api/v1/organisations", organisations::list)
        .caller(Verb::Post, "/api/v1/organisations", organisations::make)
        .in_organisation(Verb::Get, "/api/v1/organisations/{organisation}", organisations::get)
        .in_organisation(Verb::Delete, "/api/v1/organisations/{organisation}", organisations::dissolve)
        .in_organisation(Verb::Post, "/api/v1/organisations/{organisation}/leave", members::leave)
        .in_organisation(Verb::Post, "/api/v1/organisations/{organisation}/invitations", members::invite)
        .in_organisation(Verb::Put, "/api/v1/organisations/{organisation}/members/{user}", members::set)
        .in_organisation(Verb::Delete, "/api/v1/organisations/{organisation}/members/{user}", members::remove)
        .in_organisation(Verb::Put, "/api/v1/organisations/{organisation}/teams/{team}", teams::make)
        .in_organisation(Verb::Delete, "/api/v1/organisations/{organisation}/teams/{team}", teams::dissolve)
        .in_organisation(
            Verb::Put,
            "/api/v1/organisations/{organisation}/teams/{team}/members/{user}",
            teams::add,
        )
        .in_organisation(
            Verb::Delete,
            "/api/v1/organisations/{organisation}/teams/{team}/members/{user}",
            teams::remove,
        )
}

/// What pages tell as well.
pub(crate) mod told {
    pub(crate) use super::Names;
    pub(crate) use super::organisations::{memberships, told as organisation};
    pub(crate) use super::project::told as project;
}

/// The JSON that an endpoint takes; `example` is what it looks like.
fn ordered<T>(given: Result<Json<T>, JsonRejection>, example: &'static str) -> Result<T, RoleError> {
    given.map(|Json(order)| order).map_err(|_| RoleError::Malformed(example))
}

/// A word in the path or in an order.
fn word<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, RoleError> {
    text.parse().map_err(|_| RoleError::Unknown(what))
}

fn user_name(text: &str) -> Result<UserName, RoleError> {
    word(text, "user")
}

fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// An answer for one person alone.
fn shown(body: &impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(body)).into_response()
}

/// The names of people, each looked up once.
pub(crate) struct Names<'a> {
    store: &'a Store,
    known: BTreeMap<UserId, String>,
}

impl<'a> Names<'a> {
    pub(crate) fn of(store: &'a Store) -> Self {
        Self { store, known: BTreeMap::new() }
    }

    /// The name of one.
    pub(crate) async fn name(&mut self, id: &UserId) -> Result<String, StoreError> {
        if let Some(name) = self.known.get(id) {
            return Ok(name.clone());
        }
        let user = self.store.user(id).await?;
        let name = user.map_or_else(|| id.to_string(), |user| user.name.to_string());
        self.known.insert(id.clone(), name.clone());
        Ok(name)
    }

    /// Open invitations as they are told.
    pub(crate) async fn invitations(
        &mut self,
        open: &[Invitation],
    ) -> Result<Vec<roles_v1::Invitation>, StoreError> {
        let mut told = Vec::new();
        for one in open {
            told.push(roles_v1::Invitation {
                id: one.id.clone(),
                kind: one.to.kind(),
                name: one.to.name().to_owned(),
                role: one.to.role(),
                user: self.name(&one.user).await?,
                by: match &one.by {
                    Some(by) => Some(self.name(by).await?),
                    None => None,
                },
                made_at: rfc3339(one.made_at),
                expires_at: rfc3339(one.expires_at),
            });
        }
        Ok(told)
    }
}
