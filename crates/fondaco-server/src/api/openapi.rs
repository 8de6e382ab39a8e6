//! `GET /api/v1/openapi.json`: every endpoint described. The text is `openapi.json`; a test compares
//! it with the table of endpoints, so that none goes undescribed, and another has schemathesis hold the answers
//! against it.

use std::sync::LazyLock;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::base;
use crate::app::App;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("openapi.json")).unwrap_or_default());

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
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::endpoints::{Access, Endpoint, Endpoints};

    fn described() -> BTreeMap<(String, String), &'static Value> {
        let paths = DOCUMENT["paths"].as_object().unwrap().iter();
        paths
            .flat_map(|(path, item)| {
                let operations = item.as_object().unwrap().iter();
                operations.map(move |(method, operation)| ((path.clone(), method.to_uppercase()), operation))
            })
            .collect()
    }

    fn table() -> Vec<Endpoint> {
        super::super::endpoints(Endpoints::default()).finish().1
    }

    #[test]
    fn every_endpoint_is_described_and_nothing_else() {
        let described: BTreeSet<_> = described().into_keys().collect();
        let served: BTreeSet<_> =
            table().into_iter().map(|one| (one.path.to_owned(), one.method.to_owned())).collect();
        let undescribed: Vec<_> = served.difference(&described).collect();
        assert!(undescribed.is_empty(), "openapi.json lacks {undescribed:?}");
        let unserved: Vec<_> = described.difference(&served).collect();
        assert!(unserved.is_empty(), "openapi.json has {unserved:?}, which no endpoint serves");
    }

    #[test]
    fn every_operation_says_who_may_use_it() {
        let described = described();
        for Endpoint { method, path, access } in table() {
            let operation = described[&(path.to_owned(), method.to_owned())];
            let expected = match access {
                Access::Open | Access::Entering | Access::Proving => Value::Null,
                // It leads to the address with a slash.
                Access::Uploading if path == "/legacy" => Value::Null,
                // Without a token one gets what everybody may read.
                Access::Reading => json!([{}, {"token": []}]),
                Access::Uploading | Access::Managing | Access::Desk(_) | Access::Reporting => {
                    json!([{"token": []}])
                }
                Access::Pending
                | Access::Person
                | Access::Enrolling
                | Access::FreshPerson
                | Access::SecondFactor
                | Access::Staff(_) => json!([{"session": []}]),
                // A token that manages does as well, for emergencies.
                Access::Project(_) | Access::Organisation(_) => json!([{"session": []}, {"token": []}]),
            };
            assert_eq!(operation["security"], expected, "{method} {path}");
            let asks =
                !matches!(access, Access::Open | Access::Uploading | Access::Managing | Access::Proving);
            let told = operation["responses"]["401"].is_object();
            assert!(told == asks || access == Access::Entering, "401 of {method} {path}");
        }
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
