//! Banned addresses get no answer, whatever they send along and whatever they say of themselves.

use fondaco_testkit::{Upload, Wheel, fetch, honest_module};
use serde_json::json;

use crate::holders::Somebody;
use crate::house::House;

#[test]
fn a_ban_holds_for_tokens_and_can_not_be_talked_around() {
    let house = House::with_config("[server]\ntrusted_proxies = ['127.0.0.0/8']\n");
    let token = house.fondaco.token(&["--all-projects"]);
    let bearer = format!("Bearer {token}");
    let get = |path: &str, forwarded: &str| {
        let headers = [("X-Forwarded-For", forwarded), ("Authorization", bearer.as_str())];
        house.fondaco.get(path, &headers)
    };
    assert_eq!(get("/simple/", "203.0.113.9").status, 200);
    house.fondaco.admin(&["ban", "add", "203.0.113.0/24", "--reason", "guesses tokens"]).ok();
    for forwarded in
        ["203.0.113.9", "198.51.100.1, 203.0.113.9", "203.0.113.9, 127.0.0.5", "::ffff:203.0.113.9"]
    {
        let answer = get("/simple/", forwarded);
        assert_eq!((answer.status, &answer.json()["type"]), (403, &json!("/problems/banned")), "{forwarded}");
        assert!(answer.reason.contains("guesses tokens"), "{}", answer.reason);
    }
    // Whatever it is that they send along: a token of a person's, one that manages, a session.
    let olga = Somebody::new(&house, "olga");
    let (_, of_olga) = olga.token(&json!({"label": "ci"}));
    for secret in [&of_olga, &house.fondaco.token(&["--manages"]), olga.secret()] {
        let bearer = format!("Bearer {secret}");
        for path in ["/api/v1/account", "/api/v1/bans", "/simple/"] {
            let headers = [("X-Forwarded-For", "203.0.113.9"), ("Authorization", bearer.as_str())];
            assert_eq!(house.fondaco.get(path, &headers).json()["type"], "/problems/banned", "{path}");
        }
    }
    assert_eq!(get("/static/fondaco.css", "203.0.113.9").status, 403);
    assert_eq!(get("/healthz", "203.0.113.9").status, 200, "a probe behind the proxy");
    assert_eq!(get("/simple/", "203.0.114.9").status, 200);
    assert_eq!(get("/simple/", "203.0.113.9, 198.51.100.1").status, 200, "only the last hop is believed");
    let dist = Wheel::new("ours", "1.0").file("ours/__init__.py", honest_module()).build();
    let (mut headers, body) = Upload::of(&dist).request(&token);
    headers.push(("X-Forwarded-For".to_owned(), "203.0.113.9".to_owned()));
    let given: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(fetch("POST", &house.fondaco.url("/legacy/"), &given, &body).unwrap().status, 403);
    house.fondaco.admin(&["ban", "lift", "203.0.113.0/24", "--reason", "it was ours"]).ok();
    assert_eq!(get("/simple/", "203.0.113.9").status, 200);
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(audit.contains("\"ban-addresses\"") && audit.contains("\"lift-ban\""), "{audit}");
}

#[test]
fn bans_by_the_api_and_what_is_none() {
    let house = House::new();
    let manager = format!("Bearer {}", house.fondaco.token(&["--manages"]));
    let ask = |method: &str, path: &str, body: &str| {
        let headers = [("Authorization", manager.as_str()), ("Content-Type", "application/json")];
        fetch(method, &house.fondaco.url(path), &headers, body.as_bytes()).unwrap()
    };
    let order = json!({"reason": "a scan", "expires_at": "2099-01-01T00:00:00Z"}).to_string();
    assert_eq!(ask("PUT", "/api/v1/bans/2001:db8:7::%2F48", &order).json()["network"], "2001:db8:7::/48");
    assert_eq!(ask("GET", "/api/v1/bans", "").json()["bans"][0]["reason"], "a scan");
    assert!(house.fondaco.admin(&["ban", "list"]).ok().stdout.contains("2001:db8:7::/48"));
    assert_eq!(ask("DELETE", "/api/v1/bans/2001:db8:7::%2F48?reason=over", "").status, 204);
    assert_eq!(ask("DELETE", "/api/v1/bans/2001:db8:7::%2F48?reason=over", "").status, 404);
    for (path, body, status) in [
        ("/api/v1/bans/nonsense", order.as_str(), 404),
        ("/api/v1/bans/0.0.0.0%2F0", &order, 400),
        ("/api/v1/bans/198.51.100.7", "{}", 400),
        ("/api/v1/bans/198.51.100.7", r#"{"reason":" "}"#, 400),
        ("/api/v1/bans/198.51.100.7", r#"{"reason":"r","expires_at":"2020-01-01T00:00:00Z"}"#, 400),
    ] {
        assert_eq!(ask("PUT", path, body).status, status, "{path} {body}");
    }
    // One's own: the command line on the host lifts it.
    assert_eq!(ask("PUT", "/api/v1/bans/127.0.0.1", &order).status, 200);
    assert_eq!(ask("GET", "/api/v1/bans", "").status, 403);
    house.fondaco.admin(&["ban", "lift", "127.0.0.1", "--reason", "that was us"]).ok();
    assert_eq!(ask("GET", "/api/v1/bans", "").status, 200);
}
