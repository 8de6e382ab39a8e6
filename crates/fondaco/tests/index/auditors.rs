//! Stock auditors, told of nothing but our address, stop at a locked version that is malicious.

use std::path::{Path, PathBuf};

use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Clients, Run, Tool};
use serde_json::json;

use crate::house::{House, path, wheel};
use crate::known_malware::{import, record};

/// A project that has locked `locked-lib` 1.0 by uv.
fn locked(house: &House, clients: &Clients) -> PathBuf {
    let project = clients.folder().join("project");
    std::fs::create_dir(&project).unwrap();
    let toml =
        "[project]\nname = 'mine'\nversion = '1'\nrequires-python = '>=3.8'\ndependencies = ['locked-lib']\n";
    std::fs::write(project.join("pyproject.toml"), toml).unwrap();
    let index = house.fondaco.index_url();
    clients.uv(&["lock", "--directory", project.to_str().unwrap(), "--default-index", &index]).ok();
    project
}

fn pip_audit(house: &House, clients: &Clients, requirement: &str) -> Run {
    let folder = clients.folder();
    std::fs::write(folder.join("requirements.txt"), requirement).unwrap();
    let service = house.fondaco.url("/v1/query");
    let cache = folder.join("cache");
    let args = ["-r", "requirements.txt", "--no-deps", "--disable-pip", "-s", "osv", "--osv-url", &service];
    let more = ["--progress-spinner", "off", "--cache-dir", cache.to_str().unwrap()];
    clients.tool(Tool::PipAudit, &folder, &[], &[&args[..], &more[..]].concat())
}

#[test]
fn uv_audit_stops() {
    let house = House::new();
    house.upstream.publish(&wheel("locked-lib", "1.0"));
    let clients = Clients::new();
    let project = locked(&house, &clients);
    let service = house.fondaco.url("/");
    let audit = || {
        clients.uv(&[
            "audit",
            "--directory",
            project.to_str().unwrap(),
            "--frozen",
            "--service-url",
            &service,
        ])
    };
    audit().ok();
    import(&house, &[record("MAL-2026-9", "locked-lib", &json!({"versions": ["1.0"]}))]);
    let told = audit();
    assert!(!told.success() && told.text().contains("MAL-2026-9"), "{}", told.text());
}

fn sync(house: &House, clients: &Clients, project: &Path) -> Run {
    let service = house.fondaco.url("/");
    let environment = [("UV_MALWARE_CHECK", "1"), ("UV_MALWARE_CHECK_URL", service.as_str())];
    clients.uv_with(&environment, &["sync", "--directory", project.to_str().unwrap(), "--frozen"])
}

#[test]
fn uv_sync_stops_before_it_asks_for_a_file() {
    let house = House::new();
    house.upstream.publish(&wheel("locked-lib", "1.0"));
    let clients = Clients::new();
    let project = locked(&house, &clients);
    let range = json!({"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}]});
    import(&house, &[record("MAL-2026-10", "Locked.Lib", &range)]);
    let told = sync(&house, &clients, &project);
    assert!(!told.success() && told.text().contains("MAL-2026-10"), "{}", told.text());
    assert!(house.fondaco.admin(&["downloads", "--format", "ndjson"]).ok().stdout.is_empty());
    // A vulnerability is none of its business; nor is what was taken back.
    let withdrawn = json!({
        "id": "MAL-2026-10", "modified": "2026-02-01T00:00:00Z", "withdrawn": "2026-02-01T00:00:00Z",
        "affected": [{"package": {"ecosystem": "PyPI", "name": "locked-lib"}, "versions": ["1.0"]}],
    });
    import(&house, &[withdrawn.to_string(), record("GHSA-a", "locked-lib", &json!({"versions": ["1.0"]}))]);
    sync(&house, &clients, &project).ok();
}

#[test]
fn what_our_own_inspection_found_stops_uv_and_pip_audit() {
    let house = House::new();
    let sample = attacks::WALLET_STEALER;
    let bad = sample.wheel().unwrap();
    house.upstream.publish(&bad);
    house.upstream.publish(&wheel("locked-lib", "1.0"));
    assert_eq!(house.fondaco.get(&path(sample.project, &bad), &[]).status, 403);
    let clients = Clients::new();
    pip_audit(&house, &clients, "locked-lib==1.0\n").ok();
    let told = pip_audit(&house, &clients, &format!("{}=={}\n", sample.project, sample.version));
    assert!(!told.success() && told.text().contains("MAL-FONDACO-"), "{}", told.text());
}

#[test]
fn pip_audit_stops_and_names_the_fix() {
    let house = House::new();
    let clients = Clients::new();
    let range = json!({"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}]});
    import(&house, &[record("MAL-2026-11", "locked-lib", &range)]);
    let told = pip_audit(&house, &clients, "locked-lib==1.0\n");
    assert!(!told.success() && told.text().contains("MAL-2026-11"), "{}", told.text());
    assert!(told.stdout.contains("1.1"), "{}", told.text());
    pip_audit(&house, &clients, "locked-lib==1.1\n").ok();
}
