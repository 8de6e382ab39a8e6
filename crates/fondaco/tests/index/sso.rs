//! Single sign-on, against a local issuer.

use std::path::Path;

use fondaco_model::{OrganisationRole, ProjectRole};
use fondaco_testkit::{Answer, OidcFault, OidcIssuer, Upload, Wheel, fetch, honest_module};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::actors::People;
use crate::house::House;

/// A house whose people come by the single sign-on.
fn house(issuer: &OidcIssuer, more: &str) -> House {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("secret.txt"), "the-secret\n").unwrap();
    House::in_folder(data, &config(issuer, more))
}

fn config(issuer: &OidcIssuer, more: &str) -> String {
    format!(
        "[accounts]\nlocal = false\n[sso]\nissuer = '{}'\nclient_id = 'fondaco'\n\
         client_secret_file = 'secret.txt'\nallow_http = true\n{more}\n[sso.groups]\n\
         'crew' = 'team:acme/crew'\n'readers' = 'team:insiders'\n'leads' = 'staff:admin'\n",
        issuer.url()
    )
}

fn location(answer: &Answer) -> String {
    answer.header("location").unwrap_or_else(|| panic!("{} {}", answer.status, answer.text())).to_owned()
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case("set-cookie"));
    let mut values = set.filter_map(|(_, value)| value.split(';').next());
    values.find(|value| value.starts_with(&format!("{name}="))).map(str::to_owned)
}

/// Begins a login: the state's cookie, and the address that the issuer sends people back to.
fn begin(house: &House, next: &str) -> (String, String) {
    let begun = house.fondaco.get(&format!("/login/sso?next={next}"), &[]);
    assert_eq!(begun.status, 303, "{}", begun.text());
    assert_eq!(begun.header("cache-control"), Some("no-store"));
    let kept = cookie(&begun, "fondaco-sso").unwrap();
    let back = fetch("GET", &location(&begun), &[], b"").unwrap();
    (kept, location(&back))
}

/// Ends one.
fn end(kept: &str, back: &str) -> Answer {
    fetch("GET", back, &[("Cookie", kept)], b"").unwrap()
}

/// The session of somebody who has logged in, as a bearer.
#[track_caller]
fn log_in(house: &House) -> String {
    let (kept, back) = begin(house, "/account");
    let ended = end(&kept, &back);
    assert_eq!((ended.status, location(&ended).as_str()), (303, "../../account"), "{}", ended.text());
    cookie(&ended, "fondaco-session").unwrap().split_once('=').unwrap().1.to_owned()
}

fn ask(house: &House, secret: &str, (method, path): (&str, &str), body: &Value) -> Answer {
    crate::actors::send(house, Some(secret), (method, path), body)
}

#[test]
fn groups_give_and_take_at_each_login() {
    let issuer = OidcIssuer::new();
    let house = house(&issuer, "");
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = Wheel::new("our-tool", "1.0").file("our_tool/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
    let mfa = |groups: Value| {
        issuer.let_in(&json!({
            "sub": "42", "preferred_username": "Jane.Doe", "name": "Jane", "email": "jane@example.invalid",
            "email_verified": true, "amr": ["pwd", "mfa"], "groups": groups,
        }));
        log_in(&house)
    };
    let session = mfa(json!(["leads"]));
    let account = ask(&house, &session, ("GET", "/api/v1/account"), &Value::Null).json();
    assert_eq!(
        (&account["account"]["name"], &account["account"]["role"]),
        (&json!("Jane.Doe"), &json!("admin"))
    );
    assert_eq!(account["emails"][0]["email"], "jane@example.invalid", "{account}");
    // An admin by group, with the issuer's second factor; the next session is one no more.
    let quarantines = ("GET", "/api/v1/quarantines");
    assert_eq!(ask(&house, &session, quarantines, &Value::Null).status, 200);
    let session = mfa(json!(["crew", "others"]));
    assert_eq!(ask(&house, &session, quarantines, &Value::Null).status, 403);
    // A team of an organisation counts for its members.
    let people = People::of(&house);
    let lead = people.add("lead");
    people.organisation("acme", "our-tool", &[(&lead, OrganisationRole::Owner)]);
    people.team("acme/crew", &lead, ("our-tool", ProjectRole::Maintainer));
    let roles = ("GET", "/api/v1/projects/our-tool/roles");
    assert_eq!(ask(&house, &session, roles, &Value::Null).status, 403);
    let order = json!({"user": "jane.doe", "role": "member"});
    let made = lead.gets(&house, ("POST", "/api/v1/organisations/acme/invitations"), &order, 201).json();
    let accept = format!("/api/v1/invitations/{}/accept", made["id"].as_str().unwrap());
    assert_eq!(ask(&house, &session, ("POST", &accept), &Value::Null).status, 200);
    assert_eq!(ask(&house, &session, roles, &Value::Null).status, 200);
    // Out of the group is out of the team, for the session that there is as well.
    mfa(json!([]));
    assert_eq!(ask(&house, &session, roles, &Value::Null).status, 403);
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    for event in ["join-team", "leave-team", "set-staff", "by single sign-on"] {
        assert!(audit.contains(event), "{event}: {audit}");
    }
    assert!(!audit.contains("the-secret") && !house.fondaco.log().contains("the-secret"));
}

#[test]
fn a_second_factor_counts_where_the_issuer_says_so() {
    let issuer = OidcIssuer::new();
    let house = house(&issuer, "second_factor_acr = ['strong']");
    let manages = |claims: Value| {
        issuer.let_in(&claims);
        let session = log_in(&house);
        ask(&house, &session, ("GET", "/api/v1/organisations"), &Value::Null).status
    };
    assert_eq!(manages(json!({"sub": "1"})), 403);
    assert_eq!(manages(json!({"sub": "1", "amr": ["pwd"], "acr": "weak"})), 403);
    assert_eq!(manages(json!({"sub": "1", "amr": "mfa"})), 403, "a list is due");
    assert_eq!(manages(json!({"sub": "1", "amr": ["mfa"]})), 200);
    assert_eq!(manages(json!({"sub": "1", "acr": "strong"})), 200);
    // Where passwords are switched off, nobody logs in by one.
    let answer = fetch(
        "POST",
        &house.fondaco.url("/api/v1/login"),
        &[("Content-Type", "application/json")],
        br#"{"name": "somebody", "password": "correct-glacier-mandolin"}"#,
    );
    assert_eq!(answer.unwrap().status, 403);
    assert!(house.fondaco.get("/login", &[]).text().contains("login/sso"));
}

#[test]
fn a_login_counts_once_for_the_browser_that_began_it_and_for_its_own_token() {
    let issuer = OidcIssuer::new();
    let house = house(&issuer, "");
    let refused = |answer: Answer| {
        assert_eq!(answer.status, 400, "{}", answer.text());
        assert!(cookie(&answer, "fondaco-session").is_none());
    };
    issuer.let_in(&json!({"sub": "1"}));
    let (kept, back) = begin(&house, "/account");
    let (other, _) = begin(&house, "/account");
    refused(end("", &back));
    refused(end(&other, &back));
    refused(end(&kept, &back.replace("code=code-", "code=other-")));
    // The state was spent by that, though the code was wrong.
    refused(end(&kept, &back));
    let (kept, back) = begin(&house, "/account");
    assert_eq!(end(&kept, &back).status, 303);
    refused(end(&kept, &back));
    for claims in [
        json!({"sub": "1", "nonce": "of another login"}),
        json!({"sub": "1", "aud": "another"}),
        json!({"sub": "1", "aud": ["fondaco", "another"]}),
        json!({"sub": "1", "azp": "another"}),
        json!({"sub": "1", "iss": "https://login.example.invalid"}),
        json!({"sub": "1", "exp": 1_000_000_000}),
        json!({"sub": null}),
    ] {
        issuer.let_in(&claims);
        let (kept, back) = begin(&house, "/account");
        refused(end(&kept, &back));
    }
    refused(house.fondaco.get("/login/sso/callback?error=access_denied&state=x", &[]));
    // Nobody is led elsewhere.
    issuer.let_in(&json!({"sub": "1"}));
    let (kept, back) = begin(&house, "//evil.example");
    assert_eq!(location(&end(&kept, &back)), "../../account");
}

#[test]
fn people_are_known_by_their_subject_and_by_nothing_they_call_themselves() {
    let issuer = OidcIssuer::new();
    let house = house(&issuer, "");
    let people = People::of(&house);
    let jane = people.add("jane");
    people.freeze(&jane);
    let name = |claims: Value| {
        issuer.let_in(&claims);
        let session = log_in(&house);
        let account = ask(&house, &session, ("GET", "/api/v1/account"), &Value::Null).json();
        account["account"]["name"].as_str().unwrap().to_owned()
    };
    let first = name(json!({"sub": "1", "preferred_username": "jane"}));
    assert!(first.starts_with("jane-"), "the name is another's: {first}");
    assert_eq!(name(json!({"sub": "1", "preferred_username": "root"})), first, "the same person");
    let second = name(json!({"sub": "2", "preferred_username": "jane"}));
    assert!(second.starts_with("jane-") && second != first);
    assert_eq!(name(json!({"sub": "3"})), "person");
    let odd = name(json!({"sub": "4", "preferred_username": "<b>\r\nx</b>"}));
    assert!(odd.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)), "{odd}");
}

#[test]
fn an_issuer_that_is_away_or_lies_lets_nobody_in() {
    let issuer = OidcIssuer::new();
    issuer.misbehave(Some(OidcFault::OtherIssuer("https://login.example.invalid".to_owned())));
    let house = house(&issuer, "");
    assert_eq!(house.fondaco.get("/login/sso", &[]).status, 400);
    assert!(missing_secret(&issuer).contains("client_secret_file"));
}

/// What `fondaco serve` says where the secret's file is missing.
fn missing_secret(issuer: &OidcIssuer) -> String {
    let data: TempDir = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("fondaco.toml"), config(issuer, "")).unwrap();
    let folder: &Path = data.path();
    let run = std::process::Command::new(crate::house::BIN)
        .args(["serve", "--listen", "127.0.0.1:0", "--upstream", "http://127.0.0.1:9/simple/", "--data"])
        .arg(folder)
        .output()
        .unwrap();
    assert!(!run.status.success());
    String::from_utf8_lossy(&run.stderr).into_owned()
}
