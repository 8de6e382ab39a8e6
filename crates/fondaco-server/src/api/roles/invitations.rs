//! `/api/v1/invitations`: those to oneself, taken or not, and those that one may take back.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use super::{Names, no_content, shown};
use crate::app::App;
use crate::roles::{self, Caller, RoleError};

pub(super) async fn list(caller: Caller, State(app): State<App>) -> Result<Response, RoleError> {
    let open = app.parts.store.invitations_of(&caller.principal.id, app.now()).await?;
    let told = Names::of(&app.parts.store).invitations(&open).await?;
    Ok(shown(&json!({"schema": "fondaco.invitations/1", "invitations": told})))
}

pub(super) async fn accept(
    caller: Caller,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, RoleError> {
    let taken = roles::accept(&app, &id, &caller.by).await?;
    let told = Names::of(&app.parts.store).invitations(&[taken]).await?;
    Ok(shown(&told[0]))
}

pub(super) async fn decline(
    caller: Caller,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, RoleError> {
    roles::decline(&app, &id, &caller.by).await?;
    Ok(no_content())
}

pub(super) async fn withdraw(
    caller: Caller,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, RoleError> {
    roles::withdraw(&app, &id, &caller.by).await?;
    Ok(no_content())
}
