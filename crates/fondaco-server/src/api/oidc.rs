//! Trusted publishing as clients speak it. `GET /_/oidc/audience`: whom an ID token has to be for.
//! `POST /_/oidc/mint-token`: a token for uploads in exchange for one. `POST /_/oidc/burn-token`: that token
//! given back, by a job that is done with it.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::rfc3339;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::publishing::{self, MintError};
use crate::trouble::{Trouble, switched_off};

const FRESH: [(header::HeaderName, HeaderValue); 1] =
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];

#[derive(Deserialize)]
struct Asked {
    token: String,
}

pub(super) async fn audience(State(app): State<App>) -> Response {
    if app.parts.issuers.is_empty() {
        return refused(StatusCode::NOT_FOUND, "not-enabled", "this index trusts no issuer".to_owned());
    }
    (FRESH, Json(json!({"audience": publishing::audience(&app)}))).into_response()
}

pub(super) async fn mint(State(app): State<App>, body: Bytes) -> Response {
    let Ok(Asked { token }) = serde_json::from_slice(&body) else { return no_token() };
    match publishing::mint(&app, &token).await {
        Ok(minted) => {
            let body = json!({
                "success": true,
                "token": minted.text,
                "expires": minted.expires_at.as_second(),
                "expires_at": rfc3339(minted.expires_at),
            });
            (FRESH, Json(body)).into_response()
        }
        // Not 503: clients would come again and again, and it lasts.
        Err(MintError::Trouble(Trouble::SwitchedOff(switch))) => switched_off(StatusCode::FORBIDDEN, &switch),
        Err(MintError::Trouble(trouble)) => trouble.into_response(),
        Err(error @ MintError::Keys(_)) => {
            tracing::warn!(%error, "an ID token can't be verified");
            let detail = "the keys of the issuer can't be had at the moment".to_owned();
            refused(StatusCode::BAD_GATEWAY, error.code(), detail)
        }
        Err(error) => {
            tracing::info!(%error, "an ID token was not believed");
            refused(StatusCode::UNPROCESSABLE_ENTITY, error.code(), error.to_string())
        }
    }
}

/// The same answer whatever token it is: nobody learns here what counts.
pub(super) async fn burn(State(app): State<App>, body: Bytes) -> Response {
    let Ok(Asked { token }) = serde_json::from_slice(&body) else { return no_token() };
    match publishing::burn(&app, &token).await {
        Ok(()) => (StatusCode::ACCEPTED, FRESH).into_response(),
        Err(error) => Trouble::from(error).into_response(),
    }
}

fn no_token() -> Response {
    let detail = "a JSON object with a token is expected".to_owned();
    refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid-payload", detail)
}

/// In the form that publishing clients know and print.
fn refused(status: StatusCode, code: &str, description: String) -> Response {
    let body = json!({
        "message": "Token request failed",
        "errors": [{"code": code, "description": description}],
    });
    (status, FRESH, Json(body)).into_response()
}
