//! The frame of every page.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fondaco_model::{Switch, Timestamp, rfc3339};
use maud::{DOCTYPE, Markup, html};

use crate::app::App;
use crate::trouble::Trouble;

/// Nothing but our own stylesheet: what a package smuggles into a report can't run.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A script of ours, on the pages that have a use for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// Reaches passkeys, which browsers do by nothing else.
    Passkeys,
    /// Shows what is typed as a password, and how good a new one is. The forms work without it.
    Passwords,
}

impl Script {
    const fn file(self) -> &'static str {
        match self {
            Self::Passkeys => "static/passkeys.js",
            Self::Passwords => "static/passwords.js",
        }
    }

    /// The policy of other pages, and what this script needs.
    const fn policy(self) -> &'static str {
        match self {
            Self::Passkeys => {
                "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'self'; \
                 frame-ancestors 'none'"
            }
            Self::Passwords => {
                "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; \
                 form-action 'self'; frame-ancestors 'none'"
            }
        }
    }
}

/// A page with a script. It is about one person now, so nobody keeps it.
pub(super) async fn scripted(
    app: &App,
    (status, script): (StatusCode, Script),
    root: &str,
    (title, body): (&str, &Markup),
) -> Result<Response, Trouble> {
    let body = html! { (body) script src={ (root) (script.file()) } {} };
    let mut response = page(app, status, root, (title, &body)).await?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(script.policy()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A page, with what is switched off above it. `root` leads from its own address to that of the index, for example `../`: the index may
/// stand behind a prefix.
pub(super) async fn page(
    app: &App,
    status: StatusCode,
    root: &str,
    (title, body): (&str, &Markup),
) -> Result<Response, Trouble> {
    let switches = app.switches().await?;
    let switched_off: Vec<&Switch> = switches.in_force(app.now()).collect();
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " - Fondaco" }
                link rel="stylesheet" href={ (root) "static/fondaco.css" };
            }
            body {
                header { p { a href={ (root) "./" } { "Fondaco" } " " span.dim { "the guarded warehouse for Python packages" } " " a href={ (root) "account" } { "Account" } } }
                @for switch in &switched_off { (banner(switch)) }
                main { (body) }
            }
        }
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    Ok((status, headers, markup.into_string()).into_response())
}

/// What everybody has to know of a switch.
fn banner(switch: &Switch) -> Markup {
    let until = switch.expires_at.map(|end| format!(", until {} UTC", minutes(end))).unwrap_or_default();
    html! {
        p.banner role="status" {
            b { (switch.meaning()) } ", since " (minutes(switch.made_at)) " UTC" (until) ": " (switch.reason)
        }
    }
}

/// An instant of UTC as a person reads it.
pub(super) fn minutes(at: Timestamp) -> String {
    minutes_of(&rfc3339(at))
}

/// The same of one that is told as RFC 3339 has it.
pub(super) fn minutes_of(instant: &str) -> String {
    instant.get(..16).unwrap_or_default().replace('T', " ")
}
