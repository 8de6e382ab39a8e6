//! `POST /legacy/`: the upload API that twine, uv and the others speak.

use std::sync::PoisonError;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fondaco_model::Token;
use fondaco_pydist::Sha256;
use fondaco_upload::Rejection;

use super::{base, refusal};
use crate::app::App;
use crate::listing;
use crate::tokens::PREFIX;
use crate::trouble::{Trouble, problem, refused};
use crate::uploads::{Arriving, Outcome, UploadTrouble, Uploaded, receive, take};

/// The user name that goes with a token.
const USER: &str = "__token__";
/// The last use of a token is noted at most this often.
const NOTED_EVERY: i64 = 60;

pub(super) async fn without_slash() -> Response {
    // 308: the client comes again with the same body.
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, "legacy/")]).into_response()
}

pub(super) async fn post(State(app): State<App>, headers: HeaderMap, body: Body) -> Response {
    let base = base(&app, &headers);
    let body = Arriving::new(body);
    let outcome = upload(&app, &headers, &body).await;
    // A client that is still sending would not see the answer.
    body.read_on().await;
    match outcome {
        Ok(Outcome::Taken(uploaded)) => taken(&uploaded, &base),
        Ok(Outcome::Blocked(why)) => {
            let (refused_by, evidence) = *why;
            let body = refusal::body(&refused_by, Some(&evidence), &base);
            let hint = "the file was not taken and its name is still free; read the report".to_owned();
            refused(refused_by.summary(), &listing::reason(&refused_by, &base), Some(hint), body)
        }
        Err(UploadTrouble::Rejected(rejection)) => rejected(&rejection),
        Err(error @ UploadTrouble::TooSlow) => problem(StatusCode::REQUEST_TIMEOUT, error.to_string(), None),
        Err(error @ UploadTrouble::NotInspected) => {
            let hint = "nothing was taken; try again, and tell an operator if it stays so".to_owned();
            problem(StatusCode::SERVICE_UNAVAILABLE, error.to_string(), Some(hint))
        }
        Err(UploadTrouble::Trouble(trouble)) => trouble.into_response(),
    }
}

async fn upload(app: &App, headers: &HeaderMap, body: &Arriving) -> Result<Outcome, UploadTrouble> {
    let token = authenticate(app, headers).await?;
    // Held to the end: what waits for its inspection lies on the disk.
    let _place = app.receiving.acquire().await.map_err(|error| Trouble::Inside(error.to_string()))?;
    let received = receive(app, headers, body).await?;
    take(app, token, received).await
}

/// The token of a request, by HTTP Basic as clients send it, or as a bearer.
async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Token, UploadTrouble> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let text = given.and_then(secret).filter(|text| text.starts_with(PREFIX)).ok_or(Rejection::NoToken)?;
    let now = app.now();
    // Looked up by its digest: how long that takes says nothing about the token.
    let token = app.parts.store.token(Sha256::of(text.as_bytes())).await?;
    let token = token.filter(|token| token.is_in_force(now)).ok_or(Rejection::NoToken)?;
    if is_to_be_noted(app, &token) {
        let mut tx = app.parts.store.begin().await?;
        tx.touch_token(&token.id, now).await?;
        tx.commit().await?;
    }
    Ok(token)
}

/// Whether the last use is so long ago that it is noted; once, however many come at a time.
fn is_to_be_noted(app: &App, token: &Token) -> bool {
    let now = app.now();
    let mut noted = app.tokens_noted.lock().unwrap_or_else(PoisonError::into_inner);
    let last = noted.get(&token.id).copied().max(token.last_used_at);
    let due = last.is_none_or(|at| now.duration_since(at).as_secs() >= NOTED_EVERY);
    if due {
        noted.insert(token.id.clone(), now);
    }
    due
}

fn secret(authorization: &str) -> Option<String> {
    let (scheme, rest) = authorization.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "basic" => {
            let decoded = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
            let (user, password) = decoded.split_once(':')?;
            (user == USER).then(|| password.trim().to_owned())
        }
        "bearer" | "token" => Some(rest.trim().to_owned()),
        _ => None,
    }
}

fn rejected(rejection: &Rejection) -> Response {
    let status = StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::BAD_REQUEST);
    tracing::info!(%rejection, "an upload was not taken");
    problem(status, rejection.to_string(), rejection.hint())
}

/// 200 where the file is served, 202 where it waits; `Location` says where to ask what became of it.
fn taken(uploaded: &Uploaded, base: &str) -> Response {
    let address = format!("{base}/api/v1/uploads/{}", uploaded.id);
    let location = HeaderValue::from_str(&address).unwrap_or(HeaderValue::from_static("/"));
    let (status, text) = match &uploaded.refusal {
        None => (StatusCode::OK, format!("{} is taken and served\n", uploaded.file_name)),
        Some(refusal) => (
            StatusCode::ACCEPTED,
            format!("{} is taken and not served yet: {}\n{address}\n", uploaded.file_name, refusal.summary()),
        ),
    };
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    let fresh = HeaderValue::from_static("no-store");
    let headers =
        [(header::LOCATION, location), (header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, fresh)];
    (status, headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::secret;

    #[test]
    fn tokens_as_clients_send_them() {
        assert_eq!(secret("Basic X190b2tlbl9fOmZvbmRhY28tYQ==").as_deref(), Some("fondaco-a"));
        assert_eq!(secret("bearer fondaco-a").as_deref(), Some("fondaco-a"));
        // me:fondaco-a
        assert_eq!(secret("Basic bWU6Zm9uZGFjby1h"), None);
        assert_eq!(secret("Basic ???"), None);
        assert_eq!(secret(""), None);
    }
}
