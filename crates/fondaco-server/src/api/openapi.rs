//! `GET /api/v1/openapi.json`: every endpoint described. The text is `openapi.json`; a test compares
//! it with the routes, so that none goes undescribed, and another has schemathesis hold the answers
//! against it.

use std::sync::LazyLock;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use serde_json::{Value, json};

use super::base;
use crate::app::App;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("openapi.json")).unwrap_or_default());

/// A router that remembers its paths.
#[derive(Default)]
pub(super) struct Routes {
    router: Router<App>,
    paths: Vec<&'static str>,
}

impl Routes {
    /// Adds a route. The document has to describe it.
    pub(super) fn route(mut self, path: &'static str, methods: MethodRouter<App>) -> Self {
        self.paths.push(path);
        Self { router: self.router.route(path, methods), paths: self.paths }
    }

    /// The router itself.
    pub(super) fn into_router(self) -> Router<App> {
        self.router
    }
}

pub(super) async fn get(State(app): State<App>, headers: HeaderMap) -> Response {
    let mut document = DOCUMENT.clone();
    document["info"]["version"] = env!("CARGO_PKG_VERSION").into();
    document["servers"] = json!([{"url": base(&app, &headers)}]);
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    (headers, Json(document)).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let described: BTreeSet<&str> =
            DOCUMENT["paths"].as_object().unwrap().keys().map(String::as_str).collect();
        let routes: BTreeSet<&str> = super::super::described_routes().paths.into_iter().collect();
        let undescribed: Vec<_> = routes.difference(&described).collect();
        assert!(undescribed.is_empty(), "openapi.json lacks {undescribed:?}");
        let unserved: Vec<_> = described.difference(&routes).collect();
        assert!(unserved.is_empty(), "openapi.json has {unserved:?}, which no route serves");
    }

    #[test]
    fn every_operation_says_what_it_is_for() {
        for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                assert!(operation["summary"].is_string(), "{method} {path}");
                assert!(!operation["responses"].as_object().unwrap().is_empty(), "{method} {path}");
            }
        }
    }
}
