//! The frame of every page.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

/// Nothing but our own stylesheet: what a package smuggles into a report can't run.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A page. `root` leads from its own address to that of the index, for example `../`: the index may
/// stand behind a prefix.
pub(super) fn page(status: StatusCode, root: &str, title: &str, body: &Markup) -> Response {
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
                header { p { a href={ (root) "./" } { "Fondaco" } " " span.dim { "the guarded warehouse for Python packages" } } }
                main { (body) }
            }
        }
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (status, headers, markup.into_string()).into_response()
}
