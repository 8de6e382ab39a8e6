//! Trusted publishing: jobs exchange ID tokens of a local issuer for tokens that upload.

use fondaco_model::{Clock, SystemClock, User, UserState};
use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Answer, Clients, Dist, OidcFault, OidcIssuer, Upload, fetch};
use serde_json::{Value, json};

use crate::holders::{Somebody, change};
use crate::house::{House, wheel};
use crate::visitors::send_from;

const AUDIENCE: &str = "our-index";

/// What a job of GitHub's says of itself.
pub(crate) fn job() -> Value {
    json!({
        "sub": "repo:me/it:ref:refs/tags/v1",
        "repository": "me/it",
        "repository_owner": "me",
        "repository_owner_id": "65",
        "repository_id": "74",
        "event_name": "push",
        "ref": "refs/tags/v1",
        "sha": "0123",
        "workflow_ref": "me/it/.github/workflows/release.yml@refs/tags/v1",
        "job_workflow_ref": "me/it/.github/workflows/release.yml@refs/tags/v1",
    })
}

const CLAIMS: [&str; 6] =
    ["--claim", "owner=me", "--claim", "repository=it", "--claim", "workflow=release.yml"];

pub(crate) struct Bench {
    pub(crate) issuer: OidcIssuer,
    pub(crate) house: House,
}

impl Bench {
    /// An index that trusts a local issuer of this kind.
    fn new(kind: &str) -> Self {
        let issuer = OidcIssuer::new();
        let claims = if kind == "generic" { "claims = ['sub']\n" } else { "" };
        let config = format!(
            "[[trusted_issuers]]\nkind = '{kind}'\nissuer = '{}'\nallow_http = true\n{claims}\
             [publishing]\naudience = '{AUDIENCE}'\n",
            issuer.url()
        );
        Self { issuer, house: House::with_config(&config) }
    }

    /// One with a project that is there, and its publisher.
    pub(crate) fn with_publisher(project: &str) -> Self {
        let bench = Self::new("github");
        let token = bench.house.fondaco.token(&["--all-projects"]);
        assert_eq!(bench.send(&wheel(project, "0.1"), &token).status, 200);
        bench.publisher(project, &CLAIMS);
        bench
    }

    #[track_caller]
    fn publisher(&self, project: &str, claims: &[&str]) -> String {
        let url = self.issuer.url();
        let args = [&["publisher", "add", project, "--issuer", &url], claims].concat();
        self.house.fondaco.admin(&args).ok().stdout.split(' ').next().unwrap().to_owned()
    }

    pub(crate) fn send(&self, dist: &Dist, token: &str) -> Answer {
        Upload::of(dist).send(&self.house.fondaco, token)
    }

    fn mint(&self, token: &str) -> Answer {
        let body = json!({"token": token}).to_string();
        let headers = [("Content-Type", "application/json")];
        fetch("POST", &self.house.fondaco.url("/_/oidc/mint-token"), &headers, body.as_bytes()).unwrap()
    }

    /// A token for a job that differs from the right one by this.
    fn job_with(&self, more: &Value) -> Answer {
        let mut claims = job();
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        self.mint(&self.issuer.sign(&self.issuer.claims(AUDIENCE, &claims)))
    }

    #[track_caller]
    pub(crate) fn minted(&self) -> String {
        let answer = self.job_with(&json!({}));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["token"].as_str().unwrap().to_owned()
    }
}

#[track_caller]
fn refused(answer: &Answer, code: &str, why: &str) {
    assert_eq!(answer.status, 422, "{}", answer.text());
    let error = &answer.json()["errors"][0];
    assert_eq!(error["code"], code, "{error}");
    assert!(error["description"].as_str().unwrap().contains(why), "{why}: {error}");
}

/// By HTTP as a job of a workflow does it by hand.
#[test]
fn a_job_of_github_gets_a_token_that_twine_and_uv_publish_with() {
    let bench = Bench::with_publisher("house-tools");
    bench.issuer.grant(&job());
    let clients = Clients::new();
    let legacy = bench.house.fondaco.url("/legacy/");
    let exchange = || {
        let audience = bench.house.fondaco.get("/_/oidc/audience", &[]).json();
        let request =
            format!("{}&audience={}", bench.issuer.request_url(), audience["audience"].as_str().unwrap());
        let given = fetch("GET", &request, &[("Authorization", "bearer whatever")], b"").unwrap().json();
        bench.mint(given["value"].as_str().unwrap())
    };
    let token = exchange().json()["token"].as_str().unwrap().to_owned();
    let path = |dist: &Dist| dist.write_into(&clients.folder()).display().to_string();
    let (first, second) = (path(&wheel("house-tools", "1.0")), path(&wheel("house-tools", "2.0")));
    clients.uv(&["publish", "--publish-url", &legacy, "--token", &token, &first]).ok();
    clients.twine_upload(&legacy, &token, &[&second]).ok();
    assert_eq!(bench.house.listing("house-tools")["versions"], json!(["0.1", "1.0", "2.0"]));
    // Recorded as what it was.
    let audit = bench.house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    let uploads = audit.lines().filter(|line| line.contains("\"action\":\"upload\"")).collect::<Vec<_>>();
    let by_publisher =
        |line: &&&str| line.contains("\"actor\":\"publisher:") && line.contains("github me/it release.yml");
    assert_eq!(uploads.iter().filter(by_publisher).count(), 2, "{uploads:?}");
    // Another project, and another job.
    let other = wheel("house-other", "1.0");
    assert_eq!(bench.send(&other, &token).status, 403);
    let run = clients.uv(&["publish", "--publish-url", &legacy, "--token", &token, &path(&other)]);
    assert!(!run.success() && run.text().contains("403"), "{}", run.text());
    bench.issuer.grant(&json!({"repository": "you/it"}));
    refused(&exchange(), "invalid-publisher", "no project has a publisher");
}

#[test]
fn only_the_publisher_gets_a_token_and_each_id_token_counts_once() {
    let bench = Bench::with_publisher("house-tools");
    let audience = bench.house.fondaco.get("/_/oidc/audience", &[]);
    assert_eq!((audience.status, &audience.json()["audience"]), (200, &json!(AUDIENCE)));
    let none = "no project has a publisher";
    for (more, code, why) in [
        (json!({"repository": "you/it"}), "invalid-publisher", none),
        (json!({"repository_owner": "you"}), "invalid-publisher", "repository_owner"),
        (json!({"event_name": "pull_request_target"}), "invalid-publisher", "pull_request_target"),
        (
            json!({"job_workflow_ref": "me/it/.github/workflows/other.yml@refs/tags/v1"}),
            "invalid-publisher",
            "reusable",
        ),
        (
            json!({"workflow_ref": "me/it/.github/workflows/other.yml@refs/tags/v1"}),
            "invalid-publisher",
            "workflow_ref",
        ),
        (json!({"aud": "other-index"}), "invalid-token", "audience"),
        (json!({"aud": [AUDIENCE, "other-index"]}), "invalid-token", "audience"),
        (json!({"exp": 5}), "invalid-token", "expired"),
        (json!({"iat": 4_000_000_000_u32, "exp": 4_000_000_100_u32}), "invalid-token", "not valid yet"),
        (json!({"exp": 4_000_000_000_u32}), "invalid-token", "longer than"),
        (json!({"jti": null}), "invalid-token", "jti"),
        (json!({"iss": "https://other.example"}), "invalid-issuer", "trusts no issuer"),
    ] {
        refused(&bench.job_with(&more), code, why);
    }
    let other = OidcIssuer::new();
    refused(&bench.mint(&other.sign(&other.claims(AUDIENCE, &job()))), "invalid-issuer", "trusts no issuer");
    refused(&bench.mint("x"), "invalid-token", "three parts");
    let body = fetch("POST", &bench.house.fondaco.url("/_/oidc/mint-token"), &[], b"{}").unwrap();
    refused(&body, "invalid-payload", "a JSON object");
    // The same token once more, also at the older address.
    let mut claims = job();
    claims["jti"] = "only-once".into();
    let token = bench.issuer.sign(&bench.issuer.claims(AUDIENCE, &claims));
    assert_eq!(bench.mint(&token).status, 200);
    refused(&bench.mint(&token), "reused-token", "shown before");
    let again = json!({"token": token}).to_string();
    let older = bench.house.fondaco.url("/_/oidc/github/mint-token");
    refused(&fetch("POST", &older, &[], again.as_bytes()).unwrap(), "reused-token", "shown before");
    // After the first use the ids are the publisher's: who takes the name over gets nothing.
    let resurrected = bench.job_with(&json!({"repository_owner_id": "66", "repository_id": "75"}));
    refused(&resurrected, "invalid-publisher", "somebody else's");
    // Keys rotate; an issuer that is not well is said to be so.
    bench.issuer.misbehave(Some(OidcFault::Status(500)));
    bench.minted();
}

#[test]
fn a_minted_token_ends_with_its_publisher_and_its_switches() {
    let bench = Bench::with_publisher("house-tools");
    let token = bench.minted();
    assert_eq!(bench.send(&wheel("house-tools", "1.0"), &token).status, 200);
    let expires = bench.job_with(&json!({})).json()["expires"].as_i64().unwrap();
    let life = expires - SystemClock.now().as_second();
    assert!((880..=900).contains(&life), "{life}");
    for switch in ["no-trusted-publishing", "no-github-publishing"] {
        let fondaco = &bench.house.fondaco;
        fondaco.admin(&["switch", "on", switch, "--reason", "an issuer was robbed"]).ok();
        let answer = bench.job_with(&json!({}));
        assert_eq!((answer.status, &answer.json()["switch"]["switch"]), (403, &json!(switch)));
        let answer = bench.send(&wheel("house-tools", "2.0"), &token);
        assert_eq!(answer.status, 403);
        assert!(answer.reason.contains("an issuer was robbed"), "{}", answer.reason);
        fondaco.admin(&["switch", "off", switch, "--reason", "over"]).ok();
    }
    let fondaco = &bench.house.fondaco;
    fondaco.admin(&["switch", "on", "no-gitlab-publishing", "--reason", "another"]).ok();
    assert_eq!(bench.send(&wheel("house-tools", "2.0"), &token).status, 200);
    let listed = fondaco.admin(&["publisher", "list", "--format", "json"]).ok().stdout;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed[0]["pinned"], json!({"owner_id": "65", "repository_id": "74"}), "{listed}");
    fondaco.admin(&["publisher", "remove", listed[0]["id"].as_str().unwrap()]).ok();
    assert_eq!(bench.send(&wheel("house-tools", "3.0"), &token).status, 403, "at once");
}

#[test]
fn a_publisher_that_was_frozen_publishes_no_more() {
    let bench = Bench::with_publisher("house-tools");
    let (fondaco, token) = (&bench.house.fondaco, bench.minted());
    assert_eq!(bench.send(&wheel("house-tools", "1.0"), &token).status, 200);
    let manager = format!("Bearer {}", fondaco.token(&["--manages"]));
    let headers = [("Authorization", manager.as_str()), ("Content-Type", "application/json")];
    let ask = |method: &str, path: &str, body: Value| {
        fetch(method, &fondaco.url(path), &headers, body.to_string().as_bytes()).unwrap()
    };
    let report = json!({"kind": "is_malware", "summary": "it reads the keys of its users", "inspector_url": "https://x.example.invalid/"});
    let report = ask("POST", "/api/v1/projects/house-tools/observations", report);
    assert_eq!(report.status, 202, "{}", report.text());
    let id = report.json()["observation"]["id"].as_str().unwrap().to_owned();
    let order =
        json!({"outcome": "confirmed", "note": "it is", "measure": "quarantine", "freeze_accounts": true});
    let decided = ask("PUT", &format!("/api/v1/observations/{id}/outcome"), order);
    assert_eq!(decided.status, 200, "{}", decided.text());
    assert_eq!(bench.send(&wheel("house-tools", "2.0"), &token).status, 403, "the token that there was");
    assert_eq!(bench.send(&wheel("house-tools", "2.0"), &bench.minted()).status, 403, "and another");
}

#[test]
fn a_project_can_take_nothing_else() {
    let bench = Bench::with_publisher("house-tools");
    let fondaco = &bench.house.fondaco;
    let operators = fondaco.token(&["--project", "house-tools"]);
    fondaco.admin(&["publisher", "only", "house-tools"]).ok();
    let answer = bench.send(&wheel("house-tools", "1.0"), &operators);
    let why = "Project 'house-tools' takes uploads of its trusted publishers alone.";
    assert_eq!((answer.status, answer.reason.as_str()), (403, why));
    assert_eq!(bench.send(&wheel("house-tools", "1.0"), &bench.minted()).status, 200);
    fondaco.admin(&["publisher", "only", "house-tools", "--off"]).ok();
    assert_eq!(bench.send(&wheel("house-tools", "2.0"), &operators).status, 200);
    assert!(!fondaco.admin(&["publisher", "only", "nowhere"]).success());
}

#[test]
fn a_pending_publisher_makes_the_project_for_its_person() {
    let bench = Bench::new("github");
    let olga = Somebody::new(&bench.house, "olga");
    let max = Somebody::new(&bench.house, "max");
    let order = |project: &str, claims: Value| json!({"project": project, "issuer": bench.issuer.url(), "claims": claims});
    let claims = json!({"owner": "me", "repository": "it", "workflow": "release.yml"});
    for (wrong, status) in [
        (json!({}), 400),
        (order("!", claims.clone()), 400),
        (order("new-thing", json!({"owner": "me"})), 400),
        (
            order(
                "new-thing",
                json!({"owner": "me", "repository": "it", "workflow": "release.yml", "x": "y"}),
            ),
            400,
        ),
        (json!({"project": "new-thing", "issuer": "https://other.example", "claims": claims}), 400),
        // Names that no upload could make a project of.
        (order("requests", claims.clone()), 409),
        (order("json", claims.clone()), 400),
    ] {
        let answer = olga.api("POST", "/api/v1/publishers", &wrong);
        assert_eq!(answer.status, status, "{wrong}: {}", answer.text());
    }
    let added = olga.api("POST", "/api/v1/publishers", &order("new-thing", claims.clone()));
    assert_eq!((added.status, &added.json()["pending"]), (201, &json!(true)), "{}", added.text());
    assert_eq!(olga.api("POST", "/api/v1/publishers", &order("new-thing", claims)).status, 409);
    // It reserves nothing, and nobody else sees it.
    assert_eq!(max.api("GET", "/api/v1/publishers", &Value::Null).json()["publishers"], json!([]));
    let id = added.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(max.api("DELETE", &format!("/api/v1/publishers/{id}"), &Value::Null).status, 404);
    let token = bench.minted();
    assert_eq!(bench.send(&wheel("new-other", "1.0"), &token).status, 403);
    assert_eq!(bench.send(&wheel("new-thing", "1.0"), &token).status, 200);
    assert_eq!(bench.send(&wheel("new-thing", "2.0"), &bench.minted()).status, 200);
    let listed = olga.api("GET", "/api/v1/publishers", &Value::Null).json()["publishers"][0].clone();
    assert_eq!((&listed["pending"], &listed["expires_at"]), (&json!(false), &Value::Null), "{listed}");
    change(&bench.house, async |store| {
        let holders = store.holders(&"new-thing".parse().unwrap()).await.unwrap();
        assert!(holders.people.contains_key(&olga.user.id), "{holders:?}");
    });
    // Owners add publishers of their projects, and say that nothing else is taken.
    let more = json!({"owner": "me", "repository": "more", "workflow": "release.yml"});
    assert_eq!(max.api("POST", "/api/v1/publishers", &order("new-thing", more.clone())).status, 403);
    assert_eq!(olga.api("POST", "/api/v1/publishers", &order("new-thing", more)).status, 201);
    let only = json!({"only_trusted": true});
    assert_eq!(max.api("PUT", "/api/v1/projects/new-thing/publishing", &only).status, 403);
    assert_eq!(max.api("PUT", "/api/v1/projects/nowhere/publishing", &only).status, 403);
    assert_eq!(olga.api("PUT", "/api/v1/projects/new-thing/publishing", &only).status, 204);
    let (_, hers) = olga.token(&json!({"label": "ci"}));
    assert_eq!(bench.send(&wheel("new-thing", "3.0"), &hers).status, 403);
    assert_eq!(olga.api("DELETE", &format!("/api/v1/publishers/{id}"), &Value::Null).status, 204);
    refused(&bench.job_with(&json!({})), "invalid-publisher", "no project");
}

/// Its token is over within minutes, and there is no project yet that somebody could own.
#[test]
fn a_blocked_upload_of_a_pending_publisher_is_its_persons_to_appeal() {
    let bench = Bench::new("github");
    let (olga, max) = (Somebody::new(&bench.house, "olga"), Somebody::new(&bench.house, "max"));
    let claims = json!({"owner": "me", "repository": "it", "workflow": "release.yml"});
    let sample = attacks::BASE64_CHAIN;
    let order = json!({"project": sample.project, "issuer": bench.issuer.url(), "claims": claims});
    assert_eq!(olga.api("POST", "/api/v1/publishers", &order).status, 201);
    let blocked = bench.send(&sample.wheel().unwrap(), &bench.minted());
    assert_eq!(blocked.status, 403, "{}", blocked.text());
    let address = blocked.json()["refusal"]["upload"].as_str().unwrap().to_owned();
    let id = address.rsplit('/').next().unwrap();
    let appeals = format!("/api/v1/uploads/{id}/appeals");
    let text = json!({"text": "it is the fixture of a test"});
    assert_eq!(max.api("POST", &appeals, &text).status, 404);
    assert_eq!(olga.api("POST", &appeals, &text).status, 202);
}

#[test]
fn a_pending_publisher_is_void_once_somebody_has_the_name_or_its_person_is_gone() {
    let bench = Bench::new("github");
    let olga = Somebody::new(&bench.house, "olga");
    let url = bench.issuer.url();
    let nobody = [&["publisher", "add", "new-thing", "--issuer", &url], &CLAIMS[..]].concat();
    assert!(!bench.house.fondaco.admin(&nobody).success(), "somebody has to own it");
    bench.publisher("new-thing", &[&CLAIMS[..], &["--owner", "olga"]].concat());
    let token = bench.minted();
    let operators = bench.house.fondaco.token(&["--all-projects"]);
    assert_eq!(bench.send(&wheel("new-thing", "1.0"), &operators).status, 200);
    assert_eq!(bench.send(&wheel("new-thing", "2.0"), &token).status, 403);
    refused(&bench.job_with(&json!({})), "invalid-publisher", "no project");
    bench.publisher("next-thing", &[&CLAIMS[..], &["--owner", "olga"]].concat());
    change(&bench.house, async |store| {
        let mut tx = store.begin().await.unwrap();
        let frozen = User { state: UserState::Frozen, ..olga.user.clone() };
        tx.set_user(&frozen).await.unwrap();
        tx.commit().await.unwrap();
    });
    refused(&bench.job_with(&json!({})), "invalid-publisher", "no project");
}

#[test]
fn any_issuer_will_do_whose_claims_were_named() {
    let bench = Bench::new("generic");
    let token = bench.house.fondaco.token(&["--all-projects"]);
    assert_eq!(bench.send(&wheel("house-tools", "0.1"), &token).status, 200);
    let url = bench.issuer.url();
    let without_sub = ["publisher", "add", "house-tools", "--issuer", &url, "--claim", "job=7"];
    assert!(!bench.house.fondaco.admin(&without_sub).success());
    bench.publisher("house-tools", &["--claim", "sub=ci:7", "--claim", "protected=true"]);
    let with = |claims: Value| bench.mint(&bench.issuer.sign(&bench.issuer.claims(AUDIENCE, &claims)));
    refused(&with(json!({"sub": "ci:7", "protected": false})), "invalid-publisher", "no project");
    refused(&with(json!({"sub": "ci:70", "protected": true})), "invalid-publisher", "no project");
    let answer = with(json!({"sub": "ci:7", "protected": true}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(bench.send(&wheel("house-tools", "1.0"), &token).status, 200);
    // The switch of its kind stops it, and those of other kinds don't.
    let switch = |word: &str, id: &str| {
        bench.house.fondaco.admin(&["switch", word, id, "--reason", "an issuer was robbed"]).ok();
    };
    let right = || with(json!({"sub": "ci:7", "protected": true}));
    for other in ["no-github-publishing", "no-gitlab-publishing"] {
        switch("on", other);
    }
    assert_eq!(right().status, 200);
    switch("on", "no-generic-publishing");
    let stopped = right();
    assert_eq!((stopped.status, &stopped.json()["type"]), (403, &json!("/problems/switched-off")));
    assert_eq!(stopped.json()["switch"]["switch"], "no-generic-publishing");
    let held = bench.send(&wheel("house-tools", "2.0"), &token);
    assert!(held.status == 403 && held.reason.contains("an issuer was robbed"), "{}", held.reason);
    switch("off", "no-generic-publishing");
    assert_eq!(right().status, 200);
    assert_eq!(bench.send(&wheel("house-tools", "2.0"), &token).status, 200);
    // Where no issuer is trusted there is nothing of this.
    assert_eq!(House::new().fondaco.get("/_/oidc/audience", &[]).status, 404);
}

/// An index that trusts two issuers of one kind, and a project that is published by jobs of both.
#[test]
fn one_issuer_is_switched_off_and_the_others_go_on() {
    let [robbed, other] = [OidcIssuer::new(), OidcIssuer::new()];
    let trusted = |issuer: &OidcIssuer| {
        format!("[[trusted_issuers]]\nkind = 'github'\nissuer = '{}'\nallow_http = true\n", issuer.url())
    };
    let config = format!("{}{}[publishing]\naudience = '{AUDIENCE}'\n", trusted(&robbed), trusted(&other));
    let bench = Bench { issuer: robbed, house: House::with_config(&config) };
    let (fondaco, url) = (&bench.house.fondaco, bench.issuer.url());
    let token = fondaco.token(&["--all-projects"]);
    assert_eq!(bench.send(&wheel("house-tools", "0.1"), &token).status, 200);
    bench.publisher("house-tools", &CLAIMS);
    fondaco
        .admin(&[&["publisher", "add", "house-tools", "--issuer", &other.url()], &CLAIMS[..]].concat())
        .ok();
    let by_other = || bench.mint(&other.sign(&other.claims(AUDIENCE, &job())));
    let before = bench.minted();
    let switch = |word: &str, more: &[&str]| {
        let args = ["switch", word, "no-trusted-publishing", "--reason", "an issuer was robbed"];
        fondaco.admin(&[&args[..], more].concat())
    };
    let printed = switch("on", &["--issuer", &url, "--expires", "2h"]).ok().stdout;
    assert!(printed.contains(&format!("no-trusted-publishing for {url} until 20")), "{printed}");
    let refused = bench.job_with(&json!({}));
    assert_eq!(refused.status, 403, "{}", refused.text());
    let told = &refused.json()["switch"];
    assert_eq!((&told["switch"], &told["issuer"]), (&json!("no-trusted-publishing"), &json!(url)), "{told}");
    assert!(
        refused.reason.contains(&format!("trusted publishers of {url} can't publish")),
        "{}",
        refused.reason
    );
    assert_eq!(bench.send(&wheel("house-tools", "1.0"), &before).status, 403, "one that was given before");
    let given = by_other();
    assert_eq!(given.status, 200, "{}", given.text());
    let given = given.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(bench.send(&wheel("house-tools", "1.0"), &given).status, 200);
    // Everybody sees which.
    assert!(fondaco.get("/", &[]).text().contains(&url));
    assert!(fondaco.admin(&["switch", "list"]).ok().stdout.contains(&format!("for {url}")));
    // One for all beside it, and lifted by itself.
    switch("on", &[]).ok();
    assert_eq!(by_other().status, 403);
    assert_eq!(bench.send(&wheel("house-tools", "2.0"), &given).status, 403);
    assert_eq!(fondaco.get("/api/v1/switches", &[]).json()["switches"].as_array().unwrap().len(), 2);
    assert_eq!(fondaco.get("/readyz", &[]).json()["switches"], json!(["no-trusted-publishing"]));
    switch("off", &[]).ok();
    assert!(!switch("off", &[]).success(), "that one is lifted");
    assert_eq!((by_other().status, bench.job_with(&json!({})).status), (200, 403));
    switch("off", &["--issuer", &url]).ok();
    assert_eq!(bench.job_with(&json!({})).status, 200);
    // One that would stop nobody is none.
    let unknown = switch("on", &["--issuer", "https://ci.example"]);
    assert!(
        !unknown.success() && unknown.stderr.contains("no issuer that this index trusts"),
        "{}",
        unknown.text()
    );
    assert!(unknown.stderr.contains(&url), "{}", unknown.text());
    let uploads = ["switch", "on", "no-uploads", "--reason", "r", "--issuer", &url];
    assert!(fondaco.admin(&uploads).stderr.contains("takes no issuer"));
    by_the_api_and_by_the_page(&bench, &other, &by_other);
}

fn by_the_api_and_by_the_page(bench: &Bench, other: &OidcIssuer, by_other: &dyn Fn() -> Answer) {
    let (fondaco, url) = (&bench.house.fondaco, bench.issuer.url());
    let manager = format!("Bearer {}", fondaco.token(&["--manages"]));
    let ask = |method: &str, query: &str, body: Value| {
        let headers = [("Authorization", manager.as_str()), ("Content-Type", "application/json")];
        let address = fondaco.url(&format!("/api/v1/switches/no-trusted-publishing{query}"));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        fetch(method, &address, &headers, body.as_bytes()).unwrap()
    };
    let set = ask("PUT", "", json!({"reason": "robbed", "issuer": url}));
    assert_eq!((set.status, &set.json()["issuer"]), (200, &json!(url)), "{}", set.text());
    assert_eq!((bench.job_with(&json!({})).status, by_other().status), (403, 200));
    assert_eq!(ask("PUT", "", json!({"reason": "r", "issuer": "https://ci.example"})).status, 400);
    assert_eq!(ask("DELETE", "?reason=over", Value::Null).status, 404, "of all it is not set");
    assert_eq!(ask("DELETE", &format!("?reason=over&issuer={url}"), Value::Null).status, 204);
    assert_eq!(bench.job_with(&json!({})).status, 200);
    let bearer = [("Authorization", manager.as_str())];
    let page = fondaco.get("/desk/switches/", &bearer).text();
    assert!(page.contains(&format!("<option value=\"{}\">", other.url())), "{page}");
    let (other, order) = (other.url(), "no-trusted-publishing");
    let form = |path: &str| {
        let fields = [("switch", order), ("reason", "robbed"), ("issuer", other.as_str())];
        assert_eq!(send_from(fondaco, path, None, &fields, &bearer).status, 303, "{path}");
    };
    form("/desk/switches/");
    assert_eq!((bench.job_with(&json!({})).status, by_other().status), (200, 403));
    form("/desk/switches/lift");
    assert_eq!(by_other().status, 200);
}
