//! Feeds of OSV records: from a file, a zip, a folder or an address, by command and at intervals.

use std::io::{Cursor, Write};
use std::thread::sleep;
use std::time::Duration;

use fondaco_testkit::{Misbehaviour, Upstream};
use serde_json::{Value, json};

use crate::house::{House, path, wheel};
use crate::known_malware::{ask, record};

fn zip(members: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn malware(id: &str, project: &str) -> String {
    record(id, project, &json!({"versions": ["1.0"]}))
}

/// Waits until a feed's state is as wanted.
fn wait(house: &House, wanted: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..600 {
        let state = house.fondaco.get("/readyz", &[]).json()["feeds"]["known"].clone();
        if wanted(&state) {
            return state;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("{}\n{}", house.fondaco.get("/readyz", &[]).text(), house.fondaco.log());
}

#[test]
fn a_feed_in_the_configuration_is_imported_at_the_start() {
    let feed = Upstream::new();
    let text = malware("MAL-2026-1", "sleeper");
    feed.document("/osv/all.zip", zip(&[("MAL-2026-1.json", &text), ("README.md", "not a record")]));
    let url = feed.url("/osv/all.zip");
    let house = House::with_config(&format!("[[feeds]]\nname = 'known'\nsource = '{url}'\nevery = '1h'\n"));
    let state = wait(&house, |state| state["current_at"].is_string());
    assert_eq!(state["trouble"], Value::Null);
    let dist = wheel("sleeper", "1.0");
    house.upstream.publish(&dist);
    let answer = house.fondaco.get(&path("sleeper", &dist), &[]);
    assert!(answer.status == 403 && answer.reason.contains("MAL-2026-1"), "{answer:?}");
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(audit.contains("feed:known") && audit.contains("import-advisories"), "{audit}");
    assert!(!house.fondaco.log().contains("could not be imported"));
}

#[test]
fn a_feed_that_cannot_be_had_is_told_of_and_what_is_known_stays() {
    let feed = Upstream::new();
    feed.misbehave("/osv/all.zip", Misbehaviour::Status(500));
    let url = feed.url("/osv/all.zip");
    let house = House::with_config(&format!("[[feeds]]\nname = 'known'\nsource = '{url}'\nevery = '1h'\n"));
    let state = wait(&house, |state| state["trouble"].is_string());
    assert!(state["trouble"].as_str().unwrap().contains("500"), "{state}");
    assert_eq!(house.fondaco.get("/readyz", &[]).status, 200);
}

#[test]
fn a_feed_beside_the_configuration_is_a_file_or_a_folder() {
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(data.path().join("records/deeper")).unwrap();
    std::fs::write(data.path().join("records/deeper/a.json"), malware("MAL-2026-2", "sleeper")).unwrap();
    let house = House::in_folder(data, "[[feeds]]\nname = 'known'\nsource = 'records'\nevery = '1h'\n");
    wait(&house, |state| state["current_at"].is_string());
    assert_eq!(house.fondaco.get("/v1/vulns/MAL-2026-2", &[]).json()["id"], "MAL-2026-2");
}

#[test]
fn an_address_is_imported_by_command_and_only_where_it_may_lead() {
    let house = House::new();
    let feed = Upstream::new();
    feed.document("/one.json", malware("MAL-2026-3", "sleeper").into_bytes());
    let import = |url: &str| house.fondaco.admin(&["osv-import", url]);
    let said = import(&feed.url("/one.json")).ok().stdout;
    assert!(said.contains("1 of malware"), "{said}");
    assert!(import(&feed.url("/one.json")).ok().stdout.contains("1 unchanged"));
    // A redirect leads to public addresses only, and credentials are shown to nobody.
    let inside = Upstream::new();
    inside.document("/secret.json", malware("MAL-2026-4", "sleeper").into_bytes());
    feed.misbehave("/there.json", Misbehaviour::RedirectsTo(inside.url("/secret.json")));
    let url = feed.url("/there.json").replace("http://", "http://me:hush@");
    let refused = import(&url);
    assert!(!refused.success() && refused.text().contains("no public address"), "{}", refused.text());
    assert!(!refused.text().contains("hush"), "{}", refused.text());
    assert!(inside.requests().is_empty());
    assert_eq!(house.fondaco.get("/v1/vulns/MAL-2026-4", &[]).status, 404);
    assert!(!import("ftp://index.example/all.zip").success());
}

#[test]
fn what_cannot_be_read_is_counted_and_the_rest_is_taken() {
    let house = House::new();
    let folder = tempfile::tempdir().unwrap();
    let good = malware("MAL-2026-5", "sleeper");
    let npm = json!({"id": "MAL-2026-6", "modified": "2026-01-01T00:00:00Z", "affected":
        [{"package": {"ecosystem": "npm", "name": "x"}, "versions": ["1"]}]});
    let members = [("a.json", "{\"id\": "), ("b.json", good.as_str()), ("c.json", &npm.to_string())];
    let whole = zip(&members);
    std::fs::write(folder.path().join("some.zip"), &whole).unwrap();
    let run = house.fondaco.admin(&["osv-import", folder.path().to_str().unwrap()]);
    assert!(!run.success(), "{}", run.text());
    assert!(run.stdout.contains("1 of malware") && run.stdout.contains("1 unreadable"), "{}", run.text());
    assert!(run.stderr.contains("some.zip:a.json"), "{}", run.text());
    assert_eq!(house.fondaco.get("/v1/vulns/MAL-2026-5", &[]).status, 200);
    // A zip that breaks off is an error, not an empty feed.
    std::fs::write(folder.path().join("some.zip"), &whole[..whole.len() / 2]).unwrap();
    let run = house.fondaco.admin(&["osv-import", folder.path().join("some.zip").to_str().unwrap()]);
    assert!(!run.success() && run.stderr.contains("can't be read"), "{}", run.text());
}

#[test]
fn a_record_that_leaves_a_project_frees_it() {
    let house = House::new();
    let dist = wheel("sleeper", "1.0");
    house.upstream.publish(&dist);
    crate::known_malware::import(&house, &[malware("MAL-2026-7", "sleeper")]);
    assert_eq!(house.fondaco.get(&path("sleeper", &dist), &[]).status, 403);
    let mut moved: Value = serde_json::from_str(&malware("MAL-2026-7", "another")).unwrap();
    moved["modified"] = "2026-03-01T00:00:00Z".into();
    crate::known_malware::import(&house, &[moved.to_string()]);
    assert_eq!(house.fondaco.get(&path("sleeper", &dist), &[]).status, 200);
}

#[test]
fn questions_by_osvs_rules() {
    let house = House::new();
    let odd = json!({"versions": ["2004d-final"], "ranges": [{"type": "SEMVER", "events":
        [{"last_affected": "2.0.0"}, {"introduced": "1.0.0"}]}]});
    crate::known_malware::import(&house, &[record("MAL-2026-8", "odd", &odd)]);
    let of = |version: &str| json!({"package": {"name": "odd", "ecosystem": "PyPI"}, "version": version});
    let hit = |version: &str| ask(&house, "/v1/query", &of(version)) != json!({});
    assert!(hit("2.0") && hit("1") && hit("2004d-final") && !hit("2.0.1") && !hit("0.9"));
    assert!(!hit("not a version"), "never taken for every version");
    let post = |body: &str| {
        // Without a type, as pip-audit sends it.
        fondaco_testkit::fetch("POST", &house.fondaco.url("/v1/query"), &[], body.as_bytes()).unwrap()
    };
    for body in [
        "",
        "[",
        "{}",
        r#"{"package": {"name": "odd"}}"#,
        r#"{"package": {"purl": "pkg:pypi/odd@1"}, "version": "1"}"#,
    ] {
        let answer = post(body);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (400, Some("application/problem+json")),
            "{body}"
        );
    }
    assert_eq!(post(r#"{"commit": "abc"}"#).json(), json!({}));
    let many = json!({"queries": vec![of("1"); 1001]}).to_string();
    let url = house.fondaco.url("/v1/querybatch");
    assert_eq!(fondaco_testkit::fetch("POST", &url, &[], many.as_bytes()).unwrap().status, 400);
}
