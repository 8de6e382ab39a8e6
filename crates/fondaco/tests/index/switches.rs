//! What an operator switches off for a time, by the command line and by the API.

use fondaco_model::StaffRole;
use fondaco_testkit::{Answer, Clients, Installer, Upload, Wheel, fetch, honest_module};
use serde_json::{Value, json};

use crate::actors::{Kind, People, send};
use crate::cooldown::{OLD, rfc3339_hours_ago};
use crate::house::{House, JSON, path, wheel};
use crate::matrix::path as path_of;
use crate::uploads::own;
use crate::visitors::{OPEN, PASSWORD, call, join, log_in, try_log_in};

fn on(house: &House, switch: &str, more: &[&str]) {
    house.fondaco.admin(&[&["switch", "on", switch, "--reason", "a wave of uploads"], more].concat()).ok();
}

fn off(house: &House, switch: &str) {
    house.fondaco.admin(&["switch", "off", switch, "--reason", "it is over"]).ok();
}

fn ours(name: &str, version: &str) -> fondaco_testkit::Dist {
    let module = format!("{}/__init__.py", name.replace('-', "_"));
    Wheel::new(name, version).file(&module, honest_module()).build()
}

fn manage(house: &House, method: &str, path: &str, token: &str, body: &Value) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    fetch(method, &house.fondaco.url(path), &headers, body.as_bytes()).unwrap()
}

#[test]
fn established_projects_go_on_while_new_ones_are_off() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    assert_eq!(Upload::of(&ours("old-hand", "1.0")).send(&house.fondaco, &token).status, 200);
    on(&house, "no-new-projects", &["--expires", "2h"]);
    let (old, new) = (ours("old-hand", "2.0"), ours("new-comer", "1.0"));
    let answer = Upload::of(&new).send(&house.fondaco, &token);
    assert_eq!(answer.status, 403);
    assert!(answer.reason.starts_with("switched off until 20"), "{}", answer.reason);
    assert!(answer.reason.ends_with(": a wave of uploads"), "{}", answer.reason);
    let problem = answer.json();
    assert_eq!(problem["type"], "/problems/switched-off");
    assert_eq!(problem["switch"]["switch"], "no-new-projects");
    assert!(problem["switch"]["expires_at"].is_string() && problem["switch"].get("made_by").is_none());
    // The clients tell it to their users.
    let clients = Clients::new();
    let legacy = house.fondaco.url("/legacy/");
    let [old, new] = [&old, &new].map(|dist| dist.write_into(&clients.folder()).display().to_string());
    let run = clients.twine_upload(&legacy, &token, &[&new]);
    assert!(!run.success() && run.text().contains("a wave of uploads"), "{}", run.text());
    let run = clients.uv(&["publish", "--publish-url", &legacy, "--token", &token, &new]);
    assert!(!run.success() && run.text().contains("a wave of uploads"), "{}", run.text());
    clients.twine_upload(&legacy, &token, &[&old]).ok();
    assert_eq!(house.listing("old-hand")["versions"], json!(["1.0", "2.0"]));
    assert_eq!(house.fondaco.get("/simple/new-comer/", &[]).status, 404);
    // Everybody sees it: on each page, by the API, for monitoring, in the journal.
    for page in ["/", "/reports/0"] {
        let text = house.fondaco.get(page, &[]).text();
        assert!(text.contains("no new projects are taken") && text.contains("a wave of uploads"), "{text}");
    }
    let listed = house.fondaco.get("/api/v1/switches", &[]).json();
    assert_eq!(listed["switches"][0]["switch"], "no-new-projects", "{listed}");
    assert_eq!(house.fondaco.get("/readyz", &[]).json()["switches"], json!(["no-new-projects"]));
    off(&house, "no-new-projects");
    clients.uv(&["publish", "--publish-url", &legacy, "--token", &token, &new]).ok();
    assert!(!house.fondaco.get("/", &[]).text().contains("a wave of uploads"));
    let kinds: Vec<Value> = house.fondaco.journal().into_iter().map(|entry| entry["kind"].clone()).collect();
    assert!(kinds.contains(&json!("switch-set")) && kinds.contains(&json!("switch-lifted")), "{kinds:?}");
}

#[test]
fn uploads_are_off_until_their_time_has_come() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    on(&house, "no-uploads", &[]);
    assert_eq!(Upload::of(&ours("old-hand", "1.0")).send(&house.fondaco, &token).status, 403);
    // A switch that is set anew is another one.
    on(&house, "no-uploads", &["--expires", "1s"]);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(Upload::of(&ours("old-hand", "1.0")).send(&house.fondaco, &token).status, 200);
    assert_eq!(house.fondaco.admin(&["switch", "list"]).ok().stdout, "");
    for wrong in [
        &["switch", "on", "no-uploads", "--reason", " "][..],
        &["switch", "on", "no-uploads", "--reason", "two\nlines"],
        &["switch", "on", "no-uploads", "--reason", "r", "--expires", "2020-01-01"],
        &["switch", "on", "no-uploads", "--reason", "r", "--age", "1d"],
        &["switch", "on", "no-young-upstream-releases", "--reason", "r"],
        &["switch", "on", "no-such-switch", "--reason", "r"],
        &["switch", "off", "read-only", "--reason", "r"],
    ] {
        assert!(!house.fondaco.admin(wrong).success(), "{wrong:?}");
    }
}

#[test]
fn a_wave_upstream_is_held_and_everything_established_goes_on() {
    let house = House::new();
    let (yesterday, today) = (rfc3339_hours_ago(30), rfc3339_hours_ago(2));
    house.upstream.publish(&wheel("old-lib", "1.0")).uploaded(OLD);
    house.upstream.publish(&wheel("old-lib", "2.0")).uploaded(&today);
    house.upstream.publish(&wheel("wave-lib", "1.0")).uploaded(&yesterday);
    house.upstream.publish(&wheel("wave-lib", "1.1")).uploaded(&today);
    // Also what was served before is held.
    assert_eq!(house.fondaco.get(&path("wave-lib", &wheel("wave-lib", "1.0")), &[]).status, 200);
    on(&house, "no-new-upstream-projects", &["--age", "7d"]);
    let index = house.fondaco.index_url();
    let clients = Clients::new();
    clients.pip(&["install", "--index-url", &index, "old-lib"]).ok();
    clients.uv(&["pip", "install", "--default-index", &index, "old-lib"]).ok();
    for by in [Installer::Pip, Installer::Uv] {
        assert_eq!(clients.installed(by), ["old_lib-2.0"], "a new release of an established project");
    }
    let run = clients.pip(&["install", "--index-url", &index, "wave-lib"]);
    assert!(!run.success() && run.text().contains("a new project: served from"), "{}", run.text());
    let answer = house.fondaco.get(&path("wave-lib", &wheel("wave-lib", "1.1")), &[]);
    assert_eq!(answer.status, 403);
    assert!(answer.json()["hint"].as_str().unwrap().contains("new projects are held"), "{}", answer.text());
    // What an operator has looked at is served all the same.
    let digest = wheel("wave-lib", "1.0").sha256().to_string();
    house.fondaco.admin(&["allow", &digest, "--reason", "ours"]).ok();
    clients.pip(&["install", "--index-url", &index, "wave-lib==1.0"]).ok();
    on(&house, "no-new-upstream-projects", &["--age", "1d"]);
    assert_eq!(
        house.fondaco.get(&path("wave-lib", &wheel("wave-lib", "1.1")), &[]).status,
        200,
        "old enough"
    );
    on(&house, "no-new-upstream-projects", &["--age", "7d"]);
    off(&house, "no-new-upstream-projects");
    clients.uv(&["pip", "install", "--default-index", &index, "wave-lib"]).ok();
    assert!(clients.installed(Installer::Uv).contains(&"wave_lib-1.1".to_owned()));
}

#[test]
fn young_files_of_upstreams_wait_whatever_the_cooldown_says() {
    let house = House::with_config(
        "[[cooldown.rules]]\nproject = 'old-lib'\nmin_age = '0d'\nreason = 'r'\nwho = 'w'\n",
    );
    house.upstream.publish(&wheel("old-lib", "1.0")).uploaded(OLD);
    house.upstream.publish(&wheel("old-lib", "2.0")).uploaded(&rfc3339_hours_ago(2));
    on(&house, "no-young-upstream-releases", &["--age", "3d"]);
    let index = house.fondaco.index_url();
    let clients = Clients::new();
    clients.pip(&["install", "--index-url", &index, "old-lib"]).ok();
    assert_eq!(clients.installed(Installer::Pip), ["old_lib-1.0"]);
    off(&house, "no-young-upstream-releases");
    clients.uv(&["pip", "install", "--default-index", &index, "old-lib"]).ok();
    assert_eq!(clients.installed(Installer::Uv), ["old_lib-2.0"]);
}

#[test]
fn with_the_upstream_off_what_is_stored_is_served() {
    let house = House::new();
    let (known, other) = (wheel("known-lib", "1.0"), wheel("known-lib", "2.0"));
    house.upstream.publish(&known);
    house.upstream.publish(&other);
    house.upstream.publish(&wheel("unknown-lib", "1.0"));
    assert_eq!(house.fondaco.get(&path("known-lib", &known), &[]).status, 200);
    on(&house, "upstream-off", &["--expires", "2h"]);
    house.upstream.forget_requests();
    let index = house.fondaco.index_url();
    let clients = Clients::new();
    clients.pip(&["install", "--index-url", &index, "known-lib==1.0"]).ok();
    for address in ["/simple/unknown-lib/".to_owned(), path("known-lib", &other)] {
        let answer = house.fondaco.get(&address, &[("Accept", JSON)]);
        assert_eq!((answer.status, answer.header("retry-after")), (503, None), "{address}");
        assert!(
            answer.reason.contains("a wave of uploads") && answer.reason.contains("until 20"),
            "{}",
            answer.reason
        );
    }
    assert!(house.upstream.requests().is_empty(), "{:?}", house.upstream.requests());
    off(&house, "upstream-off");
    clients.uv(&["pip", "install", "--default-index", &index, "unknown-lib", "known-lib"]).ok();
    assert_eq!(clients.installed(Installer::Uv), ["known_lib-2.0", "unknown_lib-1.0"]);
}

#[test]
fn the_glass_is_broken_on_the_host_and_written_down() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let leaked = house.fondaco.token(&["--all-projects"]);
    let dist = ours("old-hand", "1.0");
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
    let refused = |args: &[&str], by: &str| {
        let run = house.fondaco.admin(args);
        assert!(!run.success() && run.stderr.contains(by), "{args:?}: {}", run.text());
    };
    let (yank, delete) =
        (["yank", "old-hand==1.0", "--reason", "bad"], ["delete", "old-hand", "--reason", "gone"]);
    on(&house, "no-deletions", &[]);
    refused(&delete, "no-deletions is set");
    house.fondaco.admin(&yank).ok();
    on(&house, "no-management", &[]);
    refused(&["unyank", "old-hand==1.0", "--reason", "good"], "no-management is set");
    refused(&["token", "create", "x", "--all-projects"], "no-management is set");
    house.fondaco.admin(&["quarantine", "other-thing", "--reason", "what keeps it safe goes on"]).ok();
    house.fondaco.admin(&["token", "revoke", leaked.split('-').nth(1).unwrap()]).ok();
    on(&house, "read-only", &[]);
    refused(&["unquarantine", "other-thing", "--reason", "r"], "read-only is set");
    assert_eq!(Upload::of(&ours("old-hand", "2.0")).send(&house.fondaco, &token).status, 403);
    assert_eq!(house.fondaco.get(&own("old-hand", &dist), &[]).status, 200, "what is stored is served");
    house.fondaco.admin(&["audit"]).ok();
    refused(&[&delete[..], &["--break-glass", " "]].concat(), "needs a reason");
    house.fondaco.admin(&[&delete[..], &["--break-glass", "it leaks a key"]].concat()).ok();
    assert_eq!(house.fondaco.get(&own("old-hand", &dist), &[]).status, 404);
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    let broken = audit.lines().find(|line| line.contains("\"break-glass\"")).unwrap();
    for told in ["it leaks a key", "no-deletions", "delete old-hand"] {
        assert!(broken.contains(told), "{told}: {broken}");
    }
    for switch in ["read-only", "no-management", "no-deletions"] {
        off(&house, switch);
    }
    house.fondaco.admin(&["undelete", "old-hand", "--reason", "r"]).ok();
}

#[test]
fn the_api_sets_and_lifts_by_a_token_that_manages() {
    let house = House::new();
    let manager = house.fondaco.token(&["--manages"]);
    let uploader = house.fondaco.token(&["--all-projects"]);
    let address = "/api/v1/switches/no-uploads";
    let order = json!({"reason": "a wave", "expires_at": "2099-01-01T00:00:00Z"});
    for token in ["", "fondaco-0-0", &uploader] {
        assert_eq!(manage(&house, "PUT", address, token, &order).status, 403);
        assert_eq!(manage(&house, "DELETE", &format!("{address}?reason=r"), token, &Value::Null).status, 403);
    }
    let dist = ours("old-hand", "1.0");
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &manager).status, 403, "it uploads nothing");
    let set = manage(&house, "PUT", address, &manager, &order);
    assert_eq!((set.status, &set.json()["switch"]), (200, &json!("no-uploads")));
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &uploader).status, 403);
    // Also while nothing else can be changed.
    let read_only = "/api/v1/switches/read-only";
    assert_eq!(manage(&house, "PUT", read_only, &manager, &json!({"reason": "now"})).status, 200);
    assert_eq!(
        manage(&house, "DELETE", &format!("{read_only}?reason=over"), &manager, &Value::Null).status,
        204
    );
    assert_eq!(
        manage(&house, "DELETE", &format!("{address}?reason=over"), &manager, &Value::Null).status,
        204
    );
    assert_eq!(
        manage(&house, "DELETE", &format!("{address}?reason=over"), &manager, &Value::Null).status,
        404
    );
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &uploader).status, 200);
    for (path, body, status) in [
        ("/api/v1/switches/nothing", json!({"reason": "r"}), 404),
        (address, json!({}), 400),
        (address, json!({"reason": " "}), 400),
        (address, json!({"reason": "r", "because": "r"}), 400),
        (address, json!({"reason": "r", "expires_at": "soon"}), 400),
        (address, json!({"reason": "r", "expires_at": "2020-01-01T00:00:00Z"}), 400),
        (address, json!({"reason": "r\u{1b}[31m"}), 400),
        (address, json!({"reason": "r", "age": 5}), 400),
        ("/api/v1/switches/no-new-upstream-projects", json!({"reason": "r"}), 400),
        ("/api/v1/switches/no-new-upstream-projects", json!({"reason": "r", "age": -1}), 400),
    ] {
        let answer = manage(&house, "PUT", path, &manager, &body);
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.text());
    }
    assert_eq!(manage(&house, "DELETE", address, &manager, &Value::Null).status, 400, "a reason is needed");
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    let id = manager.split('-').nth(1).unwrap();
    assert!(audit.contains(&format!("\"actor\":\"token:{id} tests\",\"action\":\"set-switch\"")), "{audit}");
    assert!(audit.contains("\"lift-switch\""), "{audit}");
}

/// What changes something and goes on while the index is read-only: what lifts that and stops a wave, what
/// ends a session or a leaked token, the password once more for that, and questions that are asked by `POST`.
const GOES_ON: [&str; 28] = [
    "DELETE /api/v1/account/sessions",
    "DELETE /api/v1/account/sessions/{session}",
    "DELETE /api/v1/bans/{network}",
    "DELETE /api/v1/blocks/{kind}/{key}",
    "DELETE /api/v1/breaker/{switch}",
    "DELETE /api/v1/switches/{switch}",
    "POST /RPC2",
    "POST /_/oidc/burn-token",
    "POST /_/secrets/disclose-token",
    "POST /account/confirm",
    "POST /account/sessions/end",
    "POST /account/sessions/end-others",
    "POST /api/v1/account/confirm",
    "POST /api/v1/logout",
    "POST /api/v1/password/strength",
    "POST /desk/breaker/pin",
    "POST /desk/breaker/reset",
    "POST /desk/breaker/unblock",
    "POST /desk/switches/",
    "POST /desk/switches/lift",
    "POST /logout",
    "POST /pypi",
    "POST /pypi/",
    "POST /v1/query",
    "POST /v1/querybatch",
    "PUT /api/v1/bans/{network}",
    "PUT /api/v1/breaker/{switch}",
    "PUT /api/v1/switches/{switch}",
];

#[test]
fn a_read_only_index_changes_nothing_but_what_is_written_down() {
    let house = House::with_config(OPEN);
    join(&house, "jane");
    let people = People::of(&house);
    on(&house, "read-only", &[]);
    let mut went_on = Vec::new();
    let changes = |endpoint: &fondaco_server::Endpoint| endpoint.method != "GET";
    for (number, endpoint) in fondaco_server::endpoints().into_iter().filter(changes).enumerate() {
        // Who may do most of it, and comes anew each time.
        let admin = people.add_as(&format!("admin-{number}"), Some(StaffRole::Admin), Kind::Full);
        let at = path_of(&endpoint, "our-tool", "acme");
        let answer = send(&house, Some(&admin.secret), (endpoint.method, &at), &json!({}));
        if answer.status == 403 && answer.text().contains("/problems/switched-off") {
            assert!(answer.reason.contains("a wave of uploads"), "{}", answer.reason);
        } else {
            went_on.push(format!("{} {}", endpoint.method, endpoint.path));
        }
    }
    // Every page tells it: what is no page has nothing to look at.
    let mut told = 0;
    let admin = people.add_as("looks-at-all", Some(StaffRole::Admin), Kind::Full);
    let read = |endpoint: &fondaco_server::Endpoint| {
        endpoint.method == "GET" && !endpoint.path.starts_with("/simple")
    };
    for endpoint in fondaco_server::endpoints().into_iter().filter(read) {
        let at = path_of(&endpoint, "our-tool", "acme");
        let answer = send(&house, Some(&admin.secret), ("GET", &at), &Value::Null);
        if answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            assert!(answer.text().contains("a wave of uploads"), "{at}: {}", answer.text());
            told += 1;
        }
    }
    assert!(told > 20, "{told} pages");
    went_on.sort_unstable();
    assert_eq!(went_on, GOES_ON);
    // What is asked for in earnest is refused as well, and goes on again after that.
    let reset = json!({"email": "jane@example.invalid"});
    for (at, body) in [
        ("POST /api/v1/reset", &reset),
        ("POST /api/v1/login", &json!({"name": "jane", "password": PASSWORD})),
    ] {
        assert_eq!(call(&house.fondaco, None, at, body).status, 403, "{at}");
    }
    off(&house, "read-only");
    assert_eq!(call(&house.fondaco, None, "POST /api/v1/reset", &reset).status, 202);
    // Who is logged in stays it while nobody logs in.
    let session = log_in(&house.fondaco, "jane", PASSWORD);
    on(&house, "no-logins", &["--expires", "2h"]);
    let refused = try_log_in(&house.fondaco, "jane", PASSWORD);
    assert!(refused.status == 503 && refused.text().contains("a wave of uploads"), "{}", refused.text());
    let account = call(&house.fondaco, Some(&session), "GET /api/v1/account", &Value::Null);
    assert_eq!(account.status, 200, "{}", account.text());
    off(&house, "no-logins");
    log_in(&house.fondaco, "jane", PASSWORD);
}
