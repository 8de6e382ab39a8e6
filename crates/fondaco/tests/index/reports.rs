//! Reports by people and scanners, what they lead to, and how it is undone.

use fondaco_testkit::{Answer, Dist, Upload, Wheel, fetch, honest_module};
use serde_json::{Value, json};

use crate::house::{House, path, wheel};
use crate::uploads::own;

/// A request with a token, as JSON.
pub(crate) fn send(house: &House, method: &str, path: &str, token: &str, body: &Value) -> Answer {
    let authorization = format!("Bearer {token}");
    let mut headers = vec![("Content-Type", "application/json")];
    if !token.is_empty() {
        headers.push(("Authorization", &authorization));
    }
    let body = if body.is_null() { String::new() } else { body.to_string() };
    fetch(method, &house.fondaco.url(path), &headers, body.as_bytes()).unwrap()
}

/// A form, as a browser sends it.
fn submit(house: &House, path: &str, token: &str, form: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers =
        [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", authorization.as_str())];
    fetch("POST", &house.fondaco.url(path), &headers, form.as_bytes()).unwrap()
}

pub(crate) fn ours(name: &str, version: &str) -> Dist {
    let module = format!("{}/__init__.py", name.replace('-', "_"));
    Wheel::new(name, version).file(&module, honest_module()).build()
}

pub(crate) fn malware() -> Value {
    json!({"kind": "is_malware", "summary": "setup.py reads ~/.ssh and posts it",
           "inspector_url": "https://inspector.example/x"})
}

pub(crate) fn report(house: &House, project: &str, token: &str, body: &Value) -> Answer {
    send(house, "POST", &format!("/api/v1/projects/{project}/observations"), token, body)
}

/// The account of a token: `fondaco-ID-SECRET`.
pub(crate) fn account(token: &str) -> String {
    format!("token:{}", token.split('-').nth(1).unwrap())
}

pub(crate) fn reader(house: &House) -> String {
    house.fondaco.token(&["--read-only", "--team", "readers"])
}

/// A token whose reports are trusted, held by this person.
pub(crate) fn observer(house: &House, holder: &str) -> String {
    let token = house.fondaco.token(&["--read-only", "--holder", holder]);
    trust(house, &token);
    token
}

pub(crate) fn trust(house: &House, token: &str) {
    house.fondaco.admin(&["observer", "trust", &account(token), "--reason", "known to us"]).ok();
}

fn id(answer: &Answer) -> String {
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.json()["observation"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn anybody_with_a_token_reports_within_bounds() {
    let house = House::with_config("[reports]\nper_day = 5\nper_project = 2\n");
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = ours("our-thing", "1.0");
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
    let reporter = reader(&house);
    assert_eq!(report(&house, "our-thing", "", &malware()).status, 401);
    assert_eq!(report(&house, "our-thing", "fondaco-0-0", &malware()).status, 401);
    assert_eq!(report(&house, "no-such-thing", &reporter, &malware()).status, 404);
    let with = |key: &str, value: Value| {
        let mut body = malware();
        body[key] = value;
        body
    };
    for (wrong, status) in [
        (json!({}), 400),
        (with("kind", json!("is_odd")), 400),
        (with("summary", json!("short")), 400),
        (with("summary", json!("x".repeat(2001))), 400),
        (with("summary", json!("an escape \u{1b}[31m and more")), 400),
        (with("inspector_url", Value::Null), 400),
        (with("inspector_url", json!("javascript:alert(1)")), 400),
        (with("severity", json!("high")), 400),
        (with("version", json!("7.0")), 404),
        (with("file_name", json!("our_thing-7.0.tar.gz")), 404),
    ] {
        let answer = report(&house, "our-thing", &reporter, &wrong);
        assert_eq!(answer.status, status, "{wrong}: {}", answer.text());
    }
    let first = report(&house, "our-thing", &reporter, &malware());
    let id = id(&first);
    assert_eq!(first.json()["quarantined"], false);
    assert_eq!(report(&house, "our-thing", &reporter, &malware()).status, 409, "one open report a target");
    assert_eq!(report(&house, "our-thing", &reporter, &with("version", json!("1.0.0"))).status, 202);
    assert_eq!(report(&house, "our-thing", &reporter, &with("file_name", json!(dist.file_name))).status, 429);
    // Nobody else reads it, but for staff; what its reporter reads is what became of it.
    let (address, other) = (format!("/api/v1/observations/{id}"), reader(&house));
    assert_eq!(send(&house, "GET", &address, &other, &Value::Null).status, 404);
    let mine = send(&house, "GET", &address, &reporter, &Value::Null).json();
    assert_eq!(
        (&mine["observation"]["state"], &mine["observation"]["release"]),
        (&json!("open"), &Value::Null)
    );
    let run =
        house.fondaco.admin(&["report", "decide", &id, "insufficient", "--note", "which file is it?"]).ok();
    assert!(run.stdout.contains("insufficient"), "{}", run.stdout);
    let mine = send(&house, "GET", "/api/v1/observations", &reporter, &Value::Null).json();
    let told = mine["observations"].as_array().unwrap().iter().find(|one| one["id"] == id.as_str()).unwrap();
    assert_eq!((&told["state"], &told["note"]), (&json!("insufficient"), &json!("which file is it?")));
    assert!(!house.fondaco.admin(&["report", "decide", &id, "confirmed", "--note", "again"]).success());
    assert_eq!(house.fondaco.get(&own("our-thing", &dist), &[]).status, 200, "one stranger closes nothing");
}

#[test]
fn what_observers_agree_on_is_closed_and_an_appeal_frees_exactly_that() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let (bad, fine) = (ours("our-thing", "1.0"), ours("our-thing", "2.0"));
    for dist in [&bad, &fine] {
        assert_eq!(Upload::of(dist).send(&house.fondaco, &token).status, 200);
    }
    // Closed by hand before, and not by the act.
    house.fondaco.admin(&["quarantine", &fine.file_name, "--reason", "by hand"]).ok();
    let (one, two) = (observer(&house, "one"), observer(&house, "two"));
    let mut about = malware();
    about["version"] = json!("1.0");
    assert_eq!(report(&house, "our-thing", &one, &about).json()["quarantined"], false);
    assert_eq!(house.fondaco.get(&own("our-thing", &bad), &[]).status, 200);
    let second = report(&house, "our-thing", &two, &about);
    assert_eq!(second.json()["quarantined"], true, "{}", second.text());
    assert_eq!(house.fondaco.get(&own("our-thing", &bad), &[]).status, 403);
    let audit = house.fondaco.admin(&["audit", "export"]).ok().stdout;
    assert!(audit.contains("2 trusted observers report it as malware (reports "), "it says why: {audit}");
    // The reviewer confirms it: removed, with the account.
    let manager = house.fondaco.token(&["--manages"]);
    let outcome = format!("/api/v1/observations/{}/outcome", id(&second));
    let order =
        json!({"outcome": "confirmed", "note": "it is", "measure": "remove", "freeze_accounts": true});
    assert_eq!(send(&house, "PUT", &outcome, &one, &order).status, 403);
    let answer = send(&house, "PUT", &outcome, &manager, &order);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let kinds: Vec<Value> =
        answer.json()["act"]["frozen"].as_array().unwrap().iter().map(|one| one["kind"].clone()).collect();
    assert_eq!(kinds, ["quarantine", "file", "advisory", "account"]);
    assert!(!answer.json()["fetched_by"].as_array().unwrap().is_empty(), "who fetched it: {}", answer.text());
    // The other observer's report is confirmed with it.
    let others = send(&house, "GET", "/api/v1/observations", &one, &Value::Null).json();
    assert_eq!(others["observations"][0]["state"], "confirmed");
    let notices = house.fondaco.admin(&["notices"]).ok().stdout;
    assert_eq!(notices.matches("  report.received  ").count(), 2, "{notices}");
    assert_eq!(notices.matches("  malware.confirmed  ").count(), 1, "{notices}");
    assert_eq!(send(&house, "PUT", &outcome, &manager, &order).status, 404, "once");
    assert_eq!(Upload::of(&ours("other-thing", "1.0")).send(&house.fondaco, &token).status, 403, "frozen");
    let query = json!({"package": {"ecosystem": "PyPI", "name": "our-thing"}, "version": "1.0"});
    let vulns = || send(&house, "POST", "/v1/query", "", &query).json();
    let record = vulns()["vulns"][0]["id"].as_str().unwrap().to_owned();
    assert!(record.starts_with("MAL-FONDACO-R"), "{record}");
    // The owner, frozen, appeals; others can't.
    let appeals = "/api/v1/projects/our-thing/appeals";
    let text = json!({"text": "it is the fixture of a test"});
    assert_eq!(send(&house, "POST", appeals, &one, &text).status, 404);
    assert_eq!(send(&house, "POST", appeals, &token, &json!({"text": "no"})).status, 400);
    let act = answer.json()["act"]["id"].clone();
    let made = send(&house, "POST", appeals, &token, &json!({"text": "it is a test's fixture", "act": act}));
    assert_eq!(made.status, 202, "{}", made.text());
    assert_eq!(
        send(&house, "POST", appeals, &token, &json!({"text": "once more, please", "act": act})).status,
        409
    );
    let appeal = made.json()["appeal"]["id"].as_str().unwrap().to_owned();
    let decision = format!("/api/v1/appeals/{appeal}/decision");
    let granted = send(&house, "PUT", &decision, &manager, &json!({"granted": true, "note": "so it is"}));
    assert_eq!(granted.status, 200, "{}", granted.text());
    assert_eq!(granted.json()["freed"].as_array().unwrap().len(), 4);
    assert_eq!(house.fondaco.get(&own("our-thing", &bad), &[]).body, *bad.bytes, "the file is back");
    assert_eq!(
        Upload::of(&ours("other-thing", "1.0")).send(&house.fondaco, &token).status,
        200,
        "the account too"
    );
    assert_eq!(vulns(), json!({}), "the record is withdrawn");
    assert!(house.fondaco.get(&format!("/v1/vulns/{record}"), &[]).json()["withdrawn"].is_string());
    assert_eq!(
        house.fondaco.get(&own("our-thing", &fine), &[]).status,
        403,
        "what was closed by hand stays so"
    );
    let told = send(&house, "GET", &format!("/api/v1/appeals/{appeal}"), &token, &Value::Null).json();
    assert_eq!((&told["appeal"]["state"], &told["appeal"]["note"]), (&json!("granted"), &json!("so it is")));
    let (whole, said) = {
        let run = house.fondaco.admin(&["audit", "verify"]);
        (run.success(), run.stdout)
    };
    assert!(whole, "{said}");
}

#[test]
fn the_engines_suspicion_counts_and_what_is_established_waits_for_a_person() {
    let house = House::with_config("[reports]\npopular = 2\ncritical = ['the-crown']\n");
    let token = house.fondaco.token(&["--all-projects"]);
    // Served often.
    let often = ours("often-used", "1.0");
    assert_eq!(Upload::of(&often).send(&house.fondaco, &token).status, 200);
    assert_eq!(Upload::of(&ours("the-crown", "1.0")).send(&house.fondaco, &token).status, 200);
    for _ in 0..3 {
        assert_eq!(house.fondaco.get(&own("often-used", &often), &[]).status, 200);
    }
    // Old upstream.
    let old = wheel("old-hand", "1.0");
    house.upstream.publish(&old).uploaded("2020-01-01T00:00:00Z");
    assert_eq!(house.fondaco.get(&path("old-hand", &old), &[]).status, 200);
    house.fondaco.stop();
    let house = house.restarted();
    let (one, two) = (observer(&house, "one"), observer(&house, "two"));
    for project in ["often-used", "the-crown", "old-hand"] {
        for token in [&one, &two] {
            let answer = report(&house, project, token, &malware());
            assert_eq!((answer.status, &answer.json()["quarantined"]), (202, &json!(false)), "{project}");
        }
    }
    let told = report(&house, "old-hand", &observer(&house, "three"), &malware()).json();
    assert_eq!(told["waits_for"], "the project is established, so a person decides", "{told}");
    let manager = house.fondaco.token(&["--manages"]);
    let open = send(&house, "GET", "/api/v1/desk/observations", &manager, &Value::Null).json();
    assert_eq!(open["observations"].as_array().unwrap().len(), 7, "they wait for a person");
}

#[test]
fn the_desk_shows_what_waits_and_decides() {
    let house = House::holding();
    let token = house.fondaco.token(&["--all-projects"]);
    let (good, held) = (
        ours("our-thing", "1.0"),
        Wheel::new("our-thing", "2.0").file("our_thing/__init__.py", "# HOLD-ME\nVALUE = 1\n").build(),
    );
    assert_eq!(Upload::of(&good).send(&house.fondaco, &token).status, 200);
    assert!(matches!(Upload::of(&held).send(&house.fondaco, &token).status, 200 | 202));
    let reporter = reader(&house);
    // By the form of the page.
    let page = submit(
        &house,
        "/report/our-thing",
        &reporter,
        "kind=is_spam&summary=%3Cb%3Enothing+but+links%3C%2Fb%3E",
    );
    assert_eq!(page.status, 200, "{}", page.text());
    assert_eq!(submit(&house, "/report/our-thing", &reporter, "kind=is_spam&summary=x").status, 400);
    let form = house.fondaco.get("/report/our-thing", &[("Authorization", &format!("Bearer {reporter}"))]);
    assert!(form.status == 200 && form.text().contains("textarea"), "{}", form.text());
    assert_eq!(house.fondaco.get("/report/our-thing", &[]).status, 303, "log in first");
    let manager = house.fondaco.token(&["--manages"]);
    let bearer = format!("Bearer {manager}");
    let queue = send(&house, "GET", "/api/v1/desk", &manager, &Value::Null).json();
    let kinds: Vec<&str> =
        queue["queue"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"held") && kinds.contains(&"report"), "{queue}");
    let page = house.fondaco.get("/desk/", &[("Authorization", &bearer)]);
    assert!(page.status == 200 && page.text().contains("projects/our-thing"), "{}", page.text());
    let item = house.fondaco.get("/desk/projects/our-thing", &[("Authorization", &bearer)]).text();
    for shown in [&held.file_name, "Inspection", "&lt;b&gt;nothing but links", "New since 1.0", "Decide"] {
        assert!(item.contains(shown), "{shown}: {item}");
    }
    let api = send(&house, "GET", "/api/v1/desk/projects/our-thing", &manager, &Value::Null).json();
    assert_eq!(api["observations"][0]["kind"], "is_spam", "{api}");
    // A reviewer lets the held file go, by the page; the reason is kept.
    let release = format!("act=allow&reason=looked+at&sha256={}&file_name={}", held.sha256(), held.file_name);
    assert_eq!(submit(&house, "/desk/projects/our-thing", &reporter, &release).status, 403);
    assert_eq!(submit(&house, "/desk/projects/our-thing", &manager, &release).status, 303);
    assert_eq!(house.fondaco.get(&own("our-thing", &held), &[]).status, 200);
    let review =
        |body: Value| send(&house, "POST", "/api/v1/projects/our-thing/review", &manager, &body).status;
    assert_eq!(review(json!({"act": "quarantine", "reason": "odd", "version": "1.0"})), 204);
    assert_eq!(house.fondaco.get(&own("our-thing", &good), &[]).status, 403);
    assert_eq!(review(json!({"act": "release", "reason": "fine", "version": "1.0"})), 204);
    assert_eq!(house.fondaco.get(&own("our-thing", &good), &[]).status, 200);
    assert_eq!(review(json!({"act": "note", "reason": "ask the owner"})), 204);
    for wrong in [
        json!({"act": "note", "reason": " "}),
        json!({"act": "burn", "reason": "r"}),
        json!({"act": "allow", "reason": "r"}),
        json!({"act": "hold", "reason": "r", "sha256": "0".repeat(64)}),
        json!({"act": "release", "reason": "r", "version": "9"}),
    ] {
        assert_eq!(review(wrong.clone()), 400, "{wrong}");
    }
    let item = house.fondaco.get("/desk/projects/our-thing", &[("Authorization", &bearer)]).text();
    assert!(item.contains("ask the owner"), "{item}");
    // Another site can't make a reviewer's browser do it: a form from elsewhere brings no bearer.
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "cross-site")];
    let url = house.fondaco.url("/desk/projects/our-thing");
    assert!(matches!(fetch("POST", &url, &headers, release.as_bytes()).unwrap().status, 303 | 401 | 403));
}
