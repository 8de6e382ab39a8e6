//! What owners do with their projects: yank, archive, delete, and each of that undone.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use fondaco_model::{Deed, Scope};
use fondaco_pydist::{DistFilename, ProjectName, Version, release_of};
use fondaco_wire::roles_v1::{ScopeOrder, StatusOrder};

use super::{no_content, ordered};
use crate::app::App;
use crate::lifecycle::{self, Deleter};
use crate::names::Act;
use crate::roles::{By, Delete, OnProject, RoleError, SetStatus, Yank};

pub(super) type Order = Result<Json<ScopeOrder>, JsonRejection>;

/// What an act is about, who does it and why.
pub(super) fn scope(order: Order, project: &ProjectName, by: &By) -> Result<(Scope, Act), RoleError> {
    const EXAMPLE: &str = r#"e.g. {"version": "1.0", "reason": "broken"}; "file" instead of "version" for one file, neither for all"#;
    let ScopeOrder { version, file, reason } = ordered(order, EXAMPLE)?;
    let mut scope = Scope { project: project.clone(), release: None, file_name: None };
    match (version, file) {
        (None, None) => {}
        (Some(version), None) => {
            let version: Version = version.parse().map_err(|_| RoleError::Malformed(EXAMPLE))?;
            scope.release = Some(release_of(&version));
        }
        (None, Some(name)) => {
            let file: DistFilename = name.parse().map_err(|_| RoleError::Unknown("file of the project"))?;
            if file.project() != project {
                return Err(RoleError::Unknown("file of the project"));
            }
            scope.release = Some(file.release());
            scope.file_name = Some(name);
        }
        (Some(_), Some(_)) => return Err(RoleError::Malformed(EXAMPLE)),
    }
    Ok((scope, Act { by: by.name.clone(), reason, at: by.at }))
}

pub(super) async fn yank(
    on: OnProject<Yank>,
    State(app): State<App>,
    order: Order,
) -> Result<Response, RoleError> {
    app.permit(Deed::Management).await?;
    let (scope, act) = scope(order, &on.project, &on.by)?;
    lifecycle::yank(&app.parts.store, &scope, &act).await?;
    Ok(no_content())
}

pub(super) async fn unyank(
    on: OnProject<Yank>,
    State(app): State<App>,
    order: Order,
) -> Result<Response, RoleError> {
    app.permit(Deed::Management).await?;
    let (scope, act) = scope(order, &on.project, &on.by)?;
    lifecycle::unyank(&app.parts.store, &scope, &act).await?;
    Ok(no_content())
}

pub(super) async fn set_status(
    on: OnProject<SetStatus>,
    State(app): State<App>,
    order: Result<Json<StatusOrder>, JsonRejection>,
) -> Result<Response, RoleError> {
    const EXAMPLE: &str = r#"e.g. {"status": "archived", "reason": "nobody works on it"}"#;
    app.permit(Deed::Management).await?;
    let StatusOrder { status, reason } = ordered(order, EXAMPLE)?;
    let status = status.parse().map_err(|_| RoleError::Malformed(EXAMPLE))?;
    let act = Act { by: on.by.name.clone(), reason, at: on.by.at };
    lifecycle::set_status(&app.parts.store, &on.project, status, &act).await?;
    Ok(no_content())
}

/// As whom somebody deletes: an admin is one also on a project of their own.
fn deleter(app: &App, by: &By) -> Deleter {
    match by.is_operator() {
        true => Deleter::Operator,
        false => Deleter::Owner(app.parts.settings.deletion),
    }
}

pub(super) async fn delete(
    on: OnProject<Delete>,
    State(app): State<App>,
    order: Order,
) -> Result<Response, RoleError> {
    app.permit(Deed::Deletion).await?;
    let (scope, act) = scope(order, &on.project, &on.by)?;
    lifecycle::delete(&app.parts.store, &scope, &act, deleter(&app, &on.by)).await?;
    Ok(no_content())
}

pub(super) async fn undelete(
    on: OnProject<Delete>,
    State(app): State<App>,
    order: Order,
) -> Result<Response, RoleError> {
    app.permit(Deed::Deletion).await?;
    let (scope, act) = scope(order, &on.project, &on.by)?;
    lifecycle::restore(&app.parts.store, &scope, &act, deleter(&app, &on.by)).await?;
    Ok(no_content())
}
