//! `POST /_/secrets/disclose-token`: a secret scanner has found tokens of ours. Each is revoked at once.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use fondaco_store::StoreError;
use fondaco_verdict::printable;
use serde_json::{Value, json};

use crate::app::App;
use crate::disclosure::{Disclosed, DisclosureError};
use crate::trouble::problem;
use crate::{bearer, issued, tokens};

/// Most tokens of one report.
const MOST: usize = 1000;

pub(super) async fn post(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signed = (header("github-public-key-identifier"), header("github-public-key-signature"));
    let found = match &app.parts.disclosure {
        Some(keys) => keys.verify(signed, &body, app.now()).await,
        None => Err(DisclosureError::Disabled),
    };
    let found = match found {
        Ok(found) if found.len() <= MOST => found,
        Ok(_) => return problem(StatusCode::PAYLOAD_TOO_LARGE, "too many tokens at once".to_owned(), None),
        Err(error) => {
            let status = match error {
                DisclosureError::Disabled => StatusCode::NOT_FOUND,
                DisclosureError::Signature => StatusCode::FORBIDDEN,
                DisclosureError::Keys(_) => StatusCode::BAD_GATEWAY,
                DisclosureError::Malformed => StatusCode::BAD_REQUEST,
            };
            return problem(status, error.to_string(), None);
        }
    };
    let mut labels = Vec::new();
    for one in &found {
        match revoke(&app, one).await {
            Ok(ours) => labels.push(label(one, ours)),
            Err(error) => return crate::trouble::Trouble::from(error).into_response(),
        }
    }
    Json(Value::Array(labels)).into_response()
}

fn label(one: &Disclosed, ours: bool) -> Value {
    let label = if ours { "true_positive" } else { "false_positive" };
    json!({"token_raw": one.token, "token_type": "fondaco_token", "label": label})
}

/// Revokes a token, where it is one of ours; whether it is.
async fn revoke(app: &App, found: &Disclosed) -> Result<bool, StoreError> {
    let place: String =
        printable(found.url.as_deref().unwrap_or("an unknown place")).chars().take(300).collect();
    if let Some((_, token)) = bearer::genuine(app, &found.token).await? {
        if issued::revoke_leaked(&app.parts.store, &token, (&place, app.now())).await? {
            tracing::warn!(token = token.id, place, "a token was found in public and is revoked");
        }
        return Ok(true);
    }
    tokens::revoke_leaked(&app.parts.store, &found.token, (&place, app.now())).await
}
