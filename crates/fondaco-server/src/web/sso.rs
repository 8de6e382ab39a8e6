//! `GET /login/sso` and `GET /login/sso/callback`: to the single sign-on, and back.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Deserialize;

use super::forms::{go_with, next, notice, private_page, told};
use crate::accounts::{Denied, begin_sso, finish_sso};
use crate::api::base;
use crate::app::App;
use crate::session_cookie;
use crate::trouble::Trouble;
use crate::visitor::Visitor;

#[derive(Deserialize)]
pub(super) struct Asked {
    next: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Returned {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    error: Option<String>,
}

pub(super) async fn begin(
    _: Visitor,
    State(app): State<App>,
    headers: HeaderMap,
    Query(Asked { next: asked }): Query<Asked>,
) -> Result<Response, Trouble> {
    let (to, state) = match begin_sso(&app, &base(&app, &headers), next(asked.as_deref())).await {
        Ok(begun) => begun,
        Err(denied) => return refused(&app, "../", denied).await,
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let (Ok(to), Some(cookie)) = (HeaderValue::from_str(&to), session_cookie::keep_state(&app, &state)) {
        headers.insert(header::LOCATION, to);
        headers.insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

pub(super) async fn callback(
    visitor: Visitor,
    State(app): State<App>,
    headers: HeaderMap,
    Query(Returned { code, state, error }): Query<Returned>,
) -> Result<Response, Trouble> {
    if error.is_some() || code.is_empty() || state.is_empty() {
        return refused(&app, "../../", Denied::wrong("the single sign-on let nobody in")).await;
    }
    let kept = session_cookie::state(&headers);
    match finish_sso(&app, &visitor, (&code, &state, kept.as_deref())).await {
        Ok((entered, _)) if entered.session.pending => {
            Ok(go_with(&app, &entered, "../../", "login/second-step"))
        }
        Ok((entered, next)) => Ok(go_with(&app, &entered, "../../", &next)),
        Err(denied) => refused(&app, "../../", denied).await,
    }
}

async fn refused(app: &App, root: &str, denied: Denied) -> Result<Response, Trouble> {
    let (status, why) = match told(denied) {
        Ok(told) => told,
        Err(response) => return Ok(*response),
    };
    let body = html! {
        h1 { "Not logged in" }
        (notice(Some(&why)))
        p { a href={ (root) "login" } { "Log in" } }
    };
    private_page(app, status, root, ("Not logged in", &body)).await
}
