//! What the pages of accounts have in common.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::page::{Script, page, scripted};
use crate::accounts::{Denied, Entered};
use crate::app::App;
use crate::session_cookie;
use crate::trouble::Trouble;

/// A page about somebody's account: no cache keeps it.
pub(super) async fn private_page(
    app: &App,
    status: StatusCode,
    root: &str,
    (title, body): (&str, &Markup),
) -> Result<Response, Trouble> {
    let mut response = page(app, status, root, (title, body)).await?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What came of a form, above it.
pub(super) fn notice(text: Option<&str>) -> Markup {
    html! { @if let Some(text) = text { p.banner role="alert" { (text) } } }
}

/// Why a form was not taken, as the page around it says it; what is no affair of the form is an answer of
/// its own.
pub(super) fn told(denied: Denied) -> Result<(StatusCode, String), Box<Response>> {
    denied.for_page().ok_or_else(|| Box::new(denied.into_response()))
}

/// The same with a field for a password on it.
pub(super) async fn password_page(
    app: &App,
    status: StatusCode,
    root: &str,
    titled: (&str, &Markup),
) -> Result<Response, Trouble> {
    scripted(app, (status, Script::Passwords), root, titled).await
}

/// A field for the password that somebody has.
pub(super) fn password() -> Markup {
    field(None, "Password", "current-password")
}

/// A field for another one, with a meter of how good it is.
pub(super) fn new_password(root: &str) -> Markup {
    field(
        Some(&format!("{root}api/v1/password/strength")),
        "New password, at least 12 characters",
        "new-password",
    )
}

/// What is hidden here is for the script, which shows it; without one nothing of it is seen.
fn field(rate: Option<&str>, label: &str, autocomplete: &str) -> Markup {
    html! {
        p data-password data-rate=[rate] {
            label { (label) ": "
                input type="password" name="password" required maxlength="128" autocomplete=(autocomplete); }
            " "
            label hidden { input type="checkbox" autocomplete="off"; " show it" }
            @if rate.is_some() {
                " "
                meter min="0" max="4" low="2" high="3" optimum="4" value="0" aria-label="How good it is" hidden {}
                " "
                span role="status" {}
            }
        }
    }
}

/// The way to a page of ours, from one whose way to the index is `root`.
pub(super) fn go(root: &str, to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let way = if root.is_empty() { "./" } else { root };
    if let Ok(to) = HeaderValue::from_str(&format!("{way}{to}")) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}

/// The same with the cookie of a session.
pub(super) fn go_with(app: &App, entered: &Entered, root: &str, to: &str) -> Response {
    let mut response = go(root, to);
    if let Some(cookie) = session_cookie::give(app, &entered.secret) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Where somebody wanted to go, as a way from the index's own address: a page of ours, never another's,
/// whatever is asked for. What is nothing of the kind is their account.
pub(super) fn next(asked: Option<&str>) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    let within = |path: &&str| {
        !path.is_empty()
            && path.len() <= 200
            && path.chars().all(plain)
            && path.split('/').all(|part| !part.is_empty() && !part.trim_matches('.').is_empty())
    };
    asked.and_then(|asked| asked.strip_prefix('/')).filter(within).unwrap_or("account")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_to_a_page_of_ours_and_nowhere_else() {
        assert_eq!(next(Some("/account/sessions")), "account/sessions");
        for elsewhere in [
            "",
            "/",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/..//evil.example",
            "/../../x",
            "/a/../b",
            "/a\r\nSet-Cookie: x",
            "/%2f%2fevil.example",
            "/account?x=y",
            "account",
        ] {
            assert_eq!(next(Some(elsewhere)), "account", "{elsewhere:?}");
        }
        assert_eq!(next(None), "account");
    }
}
