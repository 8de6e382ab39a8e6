//! Rulings: a reviewer stands above the verdict.

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fondaco_model::{Deed, Ruling};
use fondaco_pydist::Sha256;
use fondaco_verdict::Decision;
use fondaco_wire::file_v1;
use fondaco_wire::roles_v1::RulingOrder;
use serde_json::json;

use super::{no_content, ordered, shown, word};
use crate::app::App;
use crate::person::{Observer, Reviewer, Staff};
use crate::roles::RoleError;
use crate::rulings;

pub(super) async fn list(_: Staff<Observer>, State(app): State<App>) -> Result<Response, RoleError> {
    let now = app.now();
    let all = app.parts.store.rulings(None).await?;
    let in_force = all.iter().filter(|ruling| ruling.is_in_force(now));
    let told: Vec<file_v1::Ruling> = in_force.map(file_v1::Ruling::from).collect();
    Ok(shown(&json!({"schema": "fondaco.rulings/1", "rulings": told})))
}

pub(super) async fn make(
    staff: Staff<Reviewer>,
    State(app): State<App>,
    Path(sha256): Path<String>,
    order: Result<Json<RulingOrder>, JsonRejection>,
) -> Result<Response, RoleError> {
    const EXAMPLE: &str = r#"e.g. {"decision": "hold", "reason": "confirmed by hand"}; "allow" lets it go; "expires_at" in RFC 3339"#;
    app.permit(Deed::Safety).await?;
    let RulingOrder { decision, reason, expires_at } = ordered(order, EXAMPLE)?;
    let decision = match decision.as_str() {
        "allow" => Decision::Allow,
        "hold" => Decision::Hold,
        _ => return Err(RoleError::Malformed(EXAMPLE)),
    };
    let expires_at =
        expires_at.map(|end| end.parse()).transpose().map_err(|_| RoleError::Malformed(EXAMPLE))?;
    let mut ruling = Ruling {
        id: 0,
        sha256: word::<Sha256>(&sha256, "content")?,
        decision,
        reason,
        made_by: staff.person.actor(),
        made_at: app.now(),
        expires_at,
        withdrawn_at: None,
    };
    ruling.id = rulings::make(&app.parts.store, &ruling).await?;
    Ok((StatusCode::CREATED, shown(&file_v1::Ruling::from(&ruling))).into_response())
}

pub(super) async fn withdraw(
    staff: Staff<Reviewer>,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Result<Response, RoleError> {
    app.permit(Deed::Safety).await?;
    let reason = parameters.get("reason").map(String::as_str).unwrap_or_default();
    let id = word(&id, "ruling in force")?;
    rulings::withdraw(&app.parts.store, id, &staff.person.actor(), reason, app.now()).await?;
    Ok(no_content())
}
