//! `/api/v1/organisations`: one's own, made, shown and dissolved.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_model::{OrganisationRole, rfc3339};
use fondaco_store::StoreError;
use fondaco_wire::roles_v1::{Holder, Membership, Organisation, OrganisationOrder, Team, TeamRole};
use serde_json::json;

use super::{Names, no_content, ordered, shown};
use crate::app::App;
use crate::roles::{self, Caller, InOrganisation, Member, Owner, RoleError};

/// The organisations that a person belongs to; every one for an observer and above.
pub(crate) async fn memberships(app: &App, caller: &Caller) -> Result<Vec<Membership>, StoreError> {
    let all = app.parts.store.organisations().await?.into_iter();
    let own = &caller.principal.organisations;
    Ok(all
        .filter(|one| caller.principal.staff.is_some() || own.contains_key(&one.name))
        .map(|one| Membership {
            role: own.get(&one.name).map(|role| role.id()),
            organisation: one.name.to_string(),
            display_name: one.display_name,
        })
        .collect())
}

pub(super) async fn list(caller: Caller, State(app): State<App>) -> Result<Response, RoleError> {
    let told = memberships(&app, &caller).await?;
    Ok(shown(&json!({"schema": "fondaco.organisations/1", "organisations": told})))
}

pub(super) async fn make(
    caller: Caller,
    State(app): State<App>,
    order: Result<Json<OrganisationOrder>, JsonRejection>,
) -> Result<Response, RoleError> {
    const EXAMPLE: &str = r#"e.g. {"name": "acme", "display_name": "Acme Corporation"}; names have lower-case letters, digits and -"#;
    let order = ordered(order, EXAMPLE)?;
    let name = order.name.parse().map_err(|_| RoleError::Malformed(EXAMPLE))?;
    let made = roles::make_organisation(&app.parts.store, &name, &order.display_name, &caller.by).await?;
    let told = Membership {
        organisation: made.name.to_string(),
        display_name: made.display_name,
        role: Some(OrganisationRole::Owner.id()),
    };
    Ok((StatusCode::CREATED, shown(&told)).into_response())
}

/// An organisation, for those who may know.
pub(crate) async fn told(app: &App, within: &InOrganisation<Member>) -> Result<Organisation, StoreError> {
    let (store, organisation) = (&app.parts.store, &within.organisation);
    let mut names = Names::of(store);
    let mut members = Vec::new();
    for (user, role) in store.members(&organisation.name).await? {
        members.push(Holder { user: names.name(&user).await?, role: role.id() });
    }
    let mut teams = Vec::new();
    for team in store.teams_of_organisation(&organisation.name).await? {
        let mut people = Vec::new();
        for user in &team.people {
            people.push(names.name(user).await?);
        }
        let role = |(project, role): &(fondaco_pydist::ProjectName, fondaco_model::ProjectRole)| TeamRole {
            team: team.name.to_string(),
            project: project.to_string(),
            role: role.id(),
        };
        let roles = team.roles.iter().map(role).collect();
        teams.push(Team { team: team.name.to_string(), people, roles });
    }
    let open = store.invitations_to(("organisation", organisation.name.as_str()), app.now()).await?;
    let projects = store.projects_of_organisation(&organisation.name).await?;
    Ok(Organisation {
        schema: "fondaco.organisation/1",
        organisation: organisation.name.to_string(),
        display_name: organisation.display_name.clone(),
        made_at: rfc3339(organisation.made_at),
        members,
        teams,
        projects: projects.iter().map(ToString::to_string).collect(),
        invitations: names.invitations(&open).await?,
    })
}

pub(super) async fn get(
    within: InOrganisation<Member>,
    State(app): State<App>,
) -> Result<Response, RoleError> {
    Ok(shown(&told(&app, &within).await?))
}

pub(super) async fn dissolve(
    within: InOrganisation<Owner>,
    State(app): State<App>,
) -> Result<Response, RoleError> {
    roles::dissolve(&app.parts.store, &within.organisation.name, &within.by).await?;
    Ok(no_content())
}
