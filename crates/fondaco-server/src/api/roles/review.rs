//! What reviewers do with projects of whatever layer, and what observers see of it.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use fondaco_model::{AuditAction, Deed, rfc3339};
use fondaco_wire::roles_v1::{Note, NoteOrder, Quarantined};
use serde_json::json;

use super::lifecycle::{Order, scope};
use super::{no_content, ordered, shown};
use crate::app::App;
use crate::lifecycle;
use crate::person::{Observer, Staff};
use crate::roles::{OnProject, Review, RoleError, SeeReview};

/// Longest note, in bytes.
const LONGEST: usize = 4000;

pub(super) async fn list(_: Staff<Observer>, State(app): State<App>) -> Result<Response, RoleError> {
    let all = app.parts.store.quarantines().await?;
    let told: Vec<Quarantined> = all.iter().map(Quarantined::from).collect();
    Ok(shown(&json!({"schema": "fondaco.quarantines/1", "quarantines": told})))
}

pub(super) async fn of_project(
    on: OnProject<SeeReview>,
    State(app): State<App>,
) -> Result<Response, RoleError> {
    let store = &app.parts.store;
    let notes = store.audit_by(AuditAction::Note, on.project.as_str()).await?.into_iter();
    let note = |record: fondaco_model::AuditRecord| Note {
        text: record.event.reason,
        by: record.event.actor,
        at: rfc3339(record.event.at),
    };
    Ok(shown(&fondaco_wire::roles_v1::Review {
        schema: "fondaco.review/1",
        project: on.project.to_string(),
        quarantines: store.quarantines_of(&on.project).await?.iter().map(Quarantined::from).collect(),
        notes: notes.map(note).collect(),
    }))
}

pub(super) async fn quarantine(
    on: OnProject<Review>,
    State(app): State<App>,
    order: Order,
) -> Result<Response, RoleError> {
    app.permit(Deed::Safety).await?;
    let (scope, act) = scope(order, &on.project, &on.by)?;
    lifecycle::quarantine(&app.parts.store, &scope, &act).await?;
    Ok(no_content())
}

pub(super) async fn unquarantine(
    on: OnProject<Review>,
    State(app): State<App>,
    order: Order,
) -> Result<Response, RoleError> {
    app.permit(Deed::Safety).await?;
    let (scope, act) = scope(order, &on.project, &on.by)?;
    lifecycle::unquarantine(&app.parts.store, &scope, &act).await?;
    Ok(no_content())
}

pub(super) async fn note(
    on: OnProject<Review>,
    State(app): State<App>,
    order: Result<Json<NoteOrder>, JsonRejection>,
) -> Result<Response, RoleError> {
    const EXAMPLE: &str = r#"e.g. {"text": "looked at 1.2: fine"}, at most 4000 bytes"#;
    app.permit(Deed::Safety).await?;
    let text = ordered(order, EXAMPLE)?.text;
    if text.trim().is_empty() || text.len() > LONGEST {
        return Err(RoleError::Malformed(EXAMPLE));
    }
    let act = crate::names::Act { by: on.by.name.clone(), reason: text, at: on.by.at };
    let mut tx = app.parts.store.begin().await?;
    tx.audit(&act.event(AuditAction::Note, &on.project, "")).await?;
    tx.commit().await?;
    Ok(no_content())
}
