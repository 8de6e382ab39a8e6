//! The feed of what is served no more.

use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Upload, Wheel, honest_module};
use serde_json::{Value, json};

use crate::house::{House, path, wheel};
use crate::known_malware::{import, record};

/// `(project, file, why)` of the feed, by project.
fn removed(house: &House) -> Vec<(String, Option<String>, String)> {
    let body = house.fondaco.get("/api/v1/removed", &[]).json();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let entries = body["removed"].as_array().unwrap();
    let mut found: Vec<_> = entries
        .iter()
        .map(|one| (text(&one["project"]).unwrap(), text(&one["file_name"]), text(&one["why"]).unwrap()))
        .collect();
    found.sort();
    assert_eq!(body["total"], found.len());
    found
}

#[test]
fn what_is_removed_is_told_with_its_cause() {
    let house = House::new();
    let sample = attacks::WALLET_STEALER;
    let (bad, known, shut) = (sample.wheel().unwrap(), wheel("sleeper", "1.0"), wheel("shut", "1.0"));
    for dist in [&bad, &known, &shut] {
        house.upstream.publish(dist);
    }
    assert!(removed(&house).is_empty());
    assert_eq!(house.fondaco.get(&path(sample.project, &bad), &[]).status, 403);
    assert_eq!(house.fondaco.get(&path("sleeper", &known), &[]).status, 200);
    assert_eq!(house.fondaco.get(&path("shut", &shut), &[]).status, 200);
    import(&house, &[record("MAL-2026-7", "sleeper", &json!({"versions": ["1.0"]}))]);
    house.fondaco.admin(&["quarantine", "shut", "--reason", "odd"]).ok();
    house.fondaco.admin(&["quarantine", "never-seen", "--reason", "odd"]).ok();
    let name = |dist: &fondaco_testkit::Dist| Some(dist.file_name.clone());
    let mut expected = vec![
        ("never-seen".to_owned(), None, "quarantined".to_owned()),
        ("shut".to_owned(), name(&shut), "quarantined".to_owned()),
        ("sleeper".to_owned(), name(&known), "known-malware".to_owned()),
        (sample.project.to_owned(), name(&bad), "malicious".to_owned()),
    ];
    expected.sort();
    assert_eq!(removed(&house), expected);
    let body = house.fondaco.get("/api/v1/removed", &[]).json();
    for one in body["removed"].as_array().unwrap().iter().filter(|one| one["advisory"].is_string()) {
        let id = one["advisory"].as_str().unwrap();
        assert_eq!(house.fondaco.get(&format!("/v1/vulns/{id}"), &[]).json()["id"], id);
    }
    let rss = house.fondaco.get("/rss/removed.xml", &[]).text();
    assert!(rss.contains(&format!("{}: malicious", bad.file_name)) && rss.contains("<pubDate>"), "{rss}");
    let later = house.fondaco.get("/api/v1/removed?since=2999-01-01T00:00:00Z", &[]).json();
    assert_eq!(later["total"], 0);
    assert_eq!(house.fondaco.get("/api/v1/removed?since=yesterday", &[]).status, 400);
    // What an operator allows, and what is lifted, is removed no more.
    house.fondaco.admin(&["allow", &bad.sha256().to_string(), "--reason", "a test", "--expires", "1d"]).ok();
    house.fondaco.admin(&["unquarantine", "shut", "--reason", "fine"]).ok();
    let left: Vec<String> = removed(&house).into_iter().map(|(project, ..)| project).collect();
    assert_eq!(left, ["never-seen", "sleeper"]);
    let id = format!("MAL-FONDACO-{}", &bad.sha256().to_string()[..16]);
    let record = house.fondaco.get(&format!("/v1/vulns/{id}"), &[]).json();
    assert!(record["withdrawn"].is_string(), "{record}");
}

#[test]
fn of_our_own_only_what_somebody_has() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = |version: &str| {
        let text = honest_module() + &format!("V = '{version}'\n");
        Wheel::new("our-thing", version).file("our_thing/__init__.py", text).build()
    };
    let (fetched, unseen) = (dist("1.0"), dist("2.0"));
    for one in [&fetched, &unseen] {
        assert_eq!(Upload::of(one).send(&house.fondaco, &token).status, 200);
    }
    assert_eq!(house.fondaco.get(&format!("/files/own/our-thing/{}", fetched.file_name), &[]).status, 200);
    house.fondaco.stop();
    let house = house.restarted();
    house.fondaco.admin(&["quarantine", "our-thing==2.0", "--reason", "odd"]).ok();
    assert!(removed(&house).is_empty(), "nobody has it");
    house.fondaco.admin(&["delete", "our-thing", "--reason", "gone"]).ok();
    assert_eq!(removed(&house), [("our-thing".to_owned(), Some(fetched.file_name), "deleted".to_owned())]);
    house.fondaco.admin(&["undelete", "our-thing", "--reason", "back"]).ok();
    assert!(removed(&house).is_empty());
}
