//! What uv does by itself in a job: it gets a token by trusted publishing, publishes, and gives it back.

use fondaco_testkit::{Clients, Dist, TlsProxy, fetch};
use serde_json::{Value, json};

use crate::holders::Somebody;
use crate::house::wheel;
use crate::tokens_of_people::narrowed;
use crate::trusted_publishing::{Bench, job};

#[test]
fn uv_publishes_by_its_own_flow_and_gives_the_token_back() {
    let bench = Bench::with_publisher("house-tools");
    bench.issuer.grant(&job());
    // uv asks for a token by https alone.
    let proxy = TlsProxy::new();
    proxy.lead_to(bench.house.fondaco.url("").rsplit(':').next().unwrap().parse().unwrap());
    let clients = Clients::new();
    let request = bench.issuer.request_url();
    let job_of_github = [
        ("GITHUB_ACTIONS", "true"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", request.as_str()),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "whatever"),
        ("SSL_CERT_FILE", proxy.certificate().to_str().unwrap()),
    ];
    let legacy = format!("{}/legacy/", proxy.url());
    let publish = |dist: &Dist| {
        let path = dist.write_into(&clients.folder()).display().to_string();
        let how = ["publish", "--trusted-publishing", "always", "--publish-url", &legacy, &path];
        clients.uv_with(&job_of_github, &how)
    };
    let run = publish(&wheel("house-tools", "1.0")).ok();
    assert!(!run.text().contains("Failed to invalidate"), "{}", run.text());
    assert_eq!(bench.house.listing("house-tools")["versions"], json!(["0.1", "1.0"]));
    assert_eq!(bench.issuer.count("/token"), 1);
    let audit = bench.house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    let by_publisher =
        |line: &str| line.contains("\"action\":\"upload\"") && line.contains("\"actor\":\"publisher:");
    assert!(audit.lines().any(by_publisher), "{audit}");
    assert!(audit.contains("its job has given it back"), "{audit}");
    // A job of another repository.
    bench.issuer.grant(&json!({"repository": "you/it"}));
    let run = publish(&wheel("house-tools", "2.0"));
    assert!(!run.success() && run.text().contains("no project has a publisher"), "{}", run.text());
    assert_eq!(bench.house.listing("house-tools")["versions"], json!(["0.1", "1.0"]));
}

#[test]
fn a_token_that_was_given_back_counts_no_more_and_nobody_gives_back_anothers() {
    let bench = Bench::with_publisher("house-tools");
    let burn = |token: &str| {
        let body = json!({"token": token}).to_string();
        let headers = [("Content-Type", "application/json")];
        let answer = fetch("POST", &bench.house.fondaco.url("/_/oidc/burn-token"), &headers, body.as_bytes());
        let answer = answer.unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (202, ""), "the same for everything");
    };
    let token = bench.minted();
    // Whoever was handed a copy that does less can't take the whole one away; nor can a guess.
    burn(&narrowed(&token, &["--expires", "1m"]));
    burn(&format!("{token}x"));
    burn("");
    assert_eq!(bench.send(&wheel("house-tools", "1.0"), &token).status, 200);
    burn(&token);
    assert_eq!(bench.send(&wheel("house-tools", "2.0"), &token).status, 403);
    burn(&token);
    // The tokens of people and operators are theirs.
    let operator = bench.house.fondaco.token(&["--all-projects"]);
    burn(&operator);
    assert_eq!(bench.send(&wheel("house-tools", "2.0"), &operator).status, 200);
    let olga = Somebody::new(&bench.house, "olga");
    let (id, hers) = olga.token(&json!({"label": "ci"}));
    burn(&hers);
    let kept = olga.api("GET", "/api/v1/tokens", &Value::Null);
    assert!(kept.text().contains(&id) && !kept.text().contains("given back"), "{}", kept.text());
    let audit = bench.house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert_eq!(audit.matches("its job has given it back").count(), 1, "{audit}");
}
