//! A wave of real uploads trips the breaker and is stopped, while an established project uploads on.

use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Answer, Dist, Sample, Upload, Wheel, fetch, honest_module};
use serde_json::{Value, json};

use crate::house::House;

/// Every request comes through a proxy, and what is there is established.
pub(crate) const CONFIG: &str =
    "[server]\ntrusted_proxies = ['127.0.0.1']\n[breaker]\nestablished_after = '0s'\nhold = '1h'\n";

/// A thief, under another name each time.
pub(crate) fn thief(number: usize) -> Dist {
    let project = Box::leak(format!("wave{number}tool").into_boxed_str());
    Sample { project, version: "1.0", ..attacks::WALLET_STEALER }.wheel().unwrap()
}

pub(crate) fn honest(name: &str, version: &str) -> Dist {
    let module = format!("{}/__init__.py", name.replace('-', "_"));
    Wheel::new(name, version).file(&module, honest_module()).build()
}

/// An upload that the proxy has got from an address.
pub(crate) fn send_from(house: &House, dist: &Dist, token: &str, forwarded: &str) -> Answer {
    let (mut headers, body) = Upload::of(dist).request(token);
    headers.push(("X-Forwarded-For".to_owned(), forwarded.to_owned()));
    let headers: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    fetch("POST", &house.fondaco.url("/legacy/"), &headers, &body).unwrap()
}

pub(crate) fn kind(answer: &Answer) -> String {
    serde_json::from_str(&answer.text())
        .map(|problem: Value| problem["type"].as_str().unwrap_or_default().to_owned())
        .unwrap_or_else(|_| answer.status.to_string())
}

fn state(house: &House) -> Value {
    let text = house.fondaco.admin(&["breaker", "state", "--format", "ndjson"]).ok().stdout;
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_wave_from_everywhere_stops_itself_and_established_projects_go_on() {
    let house = House::with_config(CONFIG);
    let owner = house.fondaco.token(&["--all-projects"]);
    assert_eq!(send_from(&house, &honest("old-hand", "1.0"), &owner, "192.0.2.1").status, 200);
    // Each from an account and a network of its own, with what the client would have us believe before it.
    let mut answers = Vec::new();
    for number in 0..10 {
        let token = house.fondaco.token(&["--all-projects"]);
        let forwarded = format!("192.0.2.1, 11.{number}.0.9");
        answers.push(kind(&send_from(&house, &thief(number), &token, &forwarded)));
    }
    let refused = answers.iter().position(|kind| kind == "/problems/switched-off").unwrap_or(10);
    assert!(refused <= 5, "{answers:?}");
    assert!(answers[..refused].iter().all(|kind| kind == "/problems/refused"), "{answers:?}");
    assert!(answers[refused..].iter().all(|kind| kind == "/problems/switched-off"), "{answers:?}");
    let switches = house.fondaco.get("/api/v1/switches", &[]).json();
    let set: Vec<&str> =
        switches["switches"].as_array().unwrap().iter().map(|one| one["switch"].as_str().unwrap()).collect();
    assert_eq!(set, ["no-first-projects", "no-new-users"], "nothing came through: uploads go on");
    assert!(
        switches["switches"][0]["reason"].as_str().unwrap().contains("malicious uploads in"),
        "{switches}"
    );
    assert!(house.fondaco.get("/", &[]).text().contains("set by the breaker"));
    // Who is here goes on, from wherever; who is new does not begin.
    assert_eq!(send_from(&house, &honest("old-hand", "2.0"), &owner, "11.1.0.9").status, 200);
    let late = house.fondaco.token(&["--all-projects"]);
    let answer = send_from(&house, &honest("new-comer", "1.0"), &late, "198.51.100.77");
    assert_eq!((answer.status, kind(&answer).as_str()), (403, "/problems/switched-off"), "{}", answer.text());
    told(&house);
    // Taken back by hand, what led to it is forgotten.
    for switch in ["no-first-projects", "no-new-users"] {
        house.fondaco.admin(&["breaker", "reset", switch, "--reason", "looked at"]).ok();
    }
    assert_eq!(send_from(&house, &honest("new-comer", "1.0"), &late, "198.51.100.77").status, 200);
    assert_eq!(house.fondaco.get("/api/v1/switches", &[]).json()["switches"], json!([]));
}

/// What happened is in the audit log, among the notices, in the figures and told by the API.
fn told(house: &House) {
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(audit.contains("\"actor\":\"breaker\",\"action\":\"set-switch\""), "{audit}");
    let notices = house.fondaco.admin(&["notices"]).ok().stdout;
    assert!(notices.contains("breaker.tripped  no-first-projects"), "{notices}");
    let metrics = house.fondaco.get("/metrics", &[]).text();
    assert!(metrics.contains("fondaco_breaker_measures 2"), "{metrics}");
    let manager = format!("Bearer {}", house.fondaco.token(&["--manages"]));
    let shown = house.fondaco.get("/api/v1/breaker", &[("Authorization", &manager)]).json();
    assert!(shown["measures"][0]["held_until"].is_string(), "{shown}");
    assert_eq!(house.fondaco.get("/api/v1/breaker", &[]).status, 403);
}

#[test]
fn one_address_is_blocked_and_the_others_begin_as_before() {
    let house = House::with_config(CONFIG);
    let owner = house.fondaco.token(&["--all-projects"]);
    assert_eq!(send_from(&house, &honest("old-hand", "1.0"), &owner, "192.0.2.1").status, 200);
    let mut last = String::new();
    for number in 0..5 {
        let token = house.fondaco.token(&["--all-projects"]);
        // Whatever the client writes before it, the proxy has seen one address.
        let forwarded = format!("11.{number}.0.9, 203.0.113.66");
        last = kind(&send_from(&house, &thief(number), &token, &forwarded));
    }
    assert_eq!(last, "/problems/blocked");
    let blocks = state(&house)["blocks"].clone();
    let keys: Vec<&str> =
        blocks.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(keys, ["payload", "address"], "{blocks}");
    assert_eq!(blocks[1]["key"], "203.0.113.66");
    assert_eq!(house.fondaco.get("/api/v1/switches", &[]).json()["switches"], json!([]));
    let late = house.fondaco.token(&["--all-projects"]);
    assert_eq!(send_from(&house, &honest("elsewhere", "1.0"), &late, "198.51.100.7").status, 200);
    assert_eq!(
        send_from(&house, &honest("old-hand", "2.0"), &owner, "203.0.113.66").status,
        200,
        "established"
    );
    assert_eq!(
        kind(&send_from(&house, &honest("begins", "1.0"), &late, "203.0.113.66")),
        "/problems/blocked"
    );
    house.fondaco.admin(&["breaker", "unblock", "address", "203.0.113.66", "--reason", "a school"]).ok();
    assert_eq!(send_from(&house, &honest("begins", "1.0"), &late, "203.0.113.66").status, 200);
}

#[test]
fn an_account_that_floods_is_blocked_and_a_pin_keeps_the_breaker_away() {
    let house = House::with_config(CONFIG);
    for switch in ["no-first-projects", "no-new-users", "no-fresh-uploads"] {
        house
            .fondaco
            .admin(&["breaker", "pin", switch, "--until", "1h", "--reason", "our own exercise"])
            .ok();
    }
    let token = house.fondaco.token(&["--all-projects"]);
    let kinds: Vec<String> = (0..5)
        .map(|number| kind(&send_from(&house, &thief(number), &token, &format!("11.{number}.0.9"))))
        .collect();
    assert_eq!(kinds[..3], ["/problems/refused"; 3]);
    assert_eq!(kinds[3..], ["/problems/blocked"; 2]);
    for number in 5..11 {
        let token = house.fondaco.token(&["--all-projects"]);
        let answer = send_from(&house, &thief(number), &token, &format!("11.{number}.0.9"));
        assert_eq!(kind(&answer), "/problems/refused");
    }
    assert_eq!(house.fondaco.get("/api/v1/switches", &[]).json()["switches"], json!([]));
    let notices = house.fondaco.admin(&["notices"]).ok().stdout;
    assert!(notices.contains("would be set and is pinned"), "{notices}");
    for wrong in [
        &["breaker", "pin", "no-uploads", "--until", "1h", "--reason", "r"][..],
        &["breaker", "pin", "no-new-users", "--until", "2020-01-01", "--reason", "r"],
        &["breaker", "reset", "no-new-users", "--reason", " "],
        &["breaker", "unblock", "address", "192.0.2.99", "--reason", "r"],
        &["breaker", "unblock", "colour", "red", "--reason", "r"],
    ] {
        assert!(!house.fondaco.admin(wrong).success(), "{wrong:?}");
    }
}
