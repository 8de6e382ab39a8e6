//! Teams of an organisation: made, filled, dissolved. Their roles on projects are the projects' affair.

use axum::extract::{Path, State};
use axum::response::Response;
use fondaco_model::TeamName;

use super::{no_content, user_name};
use crate::app::App;
use crate::roles::{self, InOrganisation, Manager, RoleError, team_named};

pub(super) async fn make(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, RoleError> {
    let organisation = &within.organisation.name;
    let name = TeamName::within(organisation, &name)
        .map_err(|_| RoleError::Malformed("a team's name has lower-case letters, digits and -"))?;
    roles::make_team(&app.parts.store, organisation, &name, &within.by).await?;
    Ok(no_content())
}

pub(super) async fn dissolve(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, RoleError> {
    let name = team_named(&within.organisation.name, &name)?;
    roles::dissolve_team(&app.parts.store, &name, &within.by).await?;
    Ok(no_content())
}

pub(super) async fn add(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    Path((_, name, user)): Path<(String, String, String)>,
) -> Result<Response, RoleError> {
    let name = team_named(&within.organisation.name, &name)?;
    roles::add_to_team(&app.parts.store, &name, &user_name(&user)?, &within.by).await?;
    Ok(no_content())
}

pub(super) async fn remove(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    Path((_, name, user)): Path<(String, String, String)>,
) -> Result<Response, RoleError> {
    let name = team_named(&within.organisation.name, &name)?;
    roles::take_from_team(&app.parts.store, &name, &user_name(&user)?, &within.by).await?;
    Ok(no_content())
}
