//! Members of an organisation: invited, given another role, removed.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_wire::roles_v1::{InvitationOrder, RoleOrder};

use super::{Names, no_content, ordered, shown, user_name};
use crate::app::App;
use crate::roles::{self, InOrganisation, Manager, Member, RoleError};

pub(super) async fn leave(
    within: InOrganisation<Member>,
    State(app): State<App>,
) -> Result<Response, RoleError> {
    roles::leave_organisation(&app, &within.organisation.name, &within.by).await?;
    Ok(no_content())
}

pub(super) async fn invite(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    order: Result<Json<InvitationOrder>, JsonRejection>,
) -> Result<Response, RoleError> {
    const EXAMPLE: &str = r#"e.g. {"user": "jane", "role": "member"}; there are owner, manager and member"#;
    let order = ordered(order, EXAMPLE)?;
    let role = order.role.parse().map_err(|_| RoleError::Malformed(EXAMPLE))?;
    let whom = (&user_name(&order.user)?, role);
    let invitation = roles::invite_to(&app, &within.organisation.name, whom, &within.by).await?;
    let told = Names::of(&app.parts.store).invitations(&[invitation]).await?;
    Ok((StatusCode::CREATED, shown(&told[0])).into_response())
}

pub(super) async fn set(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    Path((_, user)): Path<(String, String)>,
    order: Result<Json<RoleOrder>, JsonRejection>,
) -> Result<Response, RoleError> {
    const EXAMPLE: &str = r#"e.g. {"role": "manager"}; there are owner, manager and member"#;
    let role = ordered(order, EXAMPLE)?.role.parse().map_err(|_| RoleError::Malformed(EXAMPLE))?;
    let organisation = &within.organisation.name;
    roles::set_member(&app, organisation, &user_name(&user)?, Some(role), &within.by).await?;
    Ok(no_content())
}

pub(super) async fn remove(
    within: InOrganisation<Manager>,
    State(app): State<App>,
    Path((_, user)): Path<(String, String)>,
) -> Result<Response, RoleError> {
    let organisation = &within.organisation.name;
    roles::set_member(&app, organisation, &user_name(&user)?, None, &within.by).await?;
    Ok(no_content())
}
