//! schemathesis holds what the index answers against the document that it gives of itself.

use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Clients, Tool, Upload, Wheel, honest_module};
use serde_json::json;

use crate::house::{House, path, wheel};
use crate::known_malware::{import, record};

#[test]
fn the_answers_are_as_the_document_says() {
    let house = House::new();
    // Something of everything, so that answers have content.
    let token = house.fondaco.token(&["--all-projects"]);
    let ours = Wheel::new("our-thing", "1.0").file("our_thing/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&ours).send(&house.fondaco, &token).status, 200);
    let (good, bad) = (wheel("flask", "1.0"), attacks::WALLET_STEALER.wheel().unwrap());
    house.upstream.publish(&good);
    house.upstream.publish(&bad);
    assert_eq!(house.fondaco.get(&path("flask", &good), &[]).status, 200);
    assert_eq!(house.fondaco.get(&path(attacks::WALLET_STEALER.project, &bad), &[]).status, 403);
    import(&house, &[record("MAL-2026-1", "sleeper", &json!({"versions": ["1.0"]}))]);
    let document = house.fondaco.get("/api/v1/openapi.json", &[]);
    assert_eq!(document.json()["servers"][0]["url"], house.fondaco.url(""));
    let clients = Clients::new();
    let url = house.fondaco.url("/api/v1/openapi.json");
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
        response_schema_conformance,unsupported_method,allow_header_conformance";
    let args = ["run", &url, "--checks", checks, "--phases", "examples,coverage,fuzzing", "--max-examples", "15"];
    // The same examples each time. An upstream that is not reached may be told of, but is not here.
    let more = ["--seed", "1", "--continue-on-failure", "--warnings", "off", "--suppress-health-check", "all"];
    let run = clients.tool(Tool::Schemathesis, &clients.folder(), &[], &[&args[..], &more[..]].concat());
    assert!(run.success(), "{}\n{}", run.text(), house.fondaco.log());
}
