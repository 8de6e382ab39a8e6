//! Tokens that people are issued: macaroons, narrowed by whoever holds one, believed only as far as every
//! caveat is met.

use std::io::Write;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fondaco_model::{User, UserState};
use fondaco_testkit::{Answer, Clients, Dist, Run, Upload, fetch};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::holders::{Somebody, change};
use crate::house::{BIN, House, wheel};
use crate::visitors::wait_for_mails;

const NONE: &str = "Invalid or non-existent authentication information.";

/// `fondaco token ARGS` with a token on its standard input, and nothing else to know of.
fn token_command(args: &[&str], token: &str) -> (bool, String) {
    let mut child = Command::new(BIN)
        .arg("token")
        .args(args)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(token.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap().trim().to_owned())
}

#[track_caller]
pub(crate) fn narrowed(token: &str, args: &[&str]) -> String {
    let (good, said) = token_command(&[&["attenuate"], args].concat(), token);
    assert!(good, "{said}");
    said
}

fn send(house: &House, dist: &Dist, token: &str) -> Answer {
    Upload::of(dist).send(&house.fondaco, token)
}

#[track_caller]
fn refused(house: &House, dist: &Dist, token: &str, why: &str) {
    let answer = send(house, dist, token);
    assert_eq!((answer.status, answer.reason.as_str()), (403, why), "{}", answer.text());
}

#[test]
fn twine_and_uv_publish_with_narrowed_tokens_and_nothing_wider() {
    let house = House::new();
    let olga = Somebody::new(&house, "olga");
    let (_, token) = olga.token(&json!({"label": "ci"}));
    assert!(token.starts_with("fondaco-m1-"), "{token}");
    let clients = Clients::new();
    let legacy = house.fondaco.url("/legacy/");
    let path = |dist: &Dist| dist.write_into(&clients.folder()).display().to_string();
    let (first, second) = (path(&wheel("olga-one", "1.0")), path(&wheel("olga-one", "2.0")));
    let good = narrowed(&token, &["--project", "olga-one", "--expires", "1h", "--address", "127.0.0.0/8"]);
    clients.twine_upload(&legacy, &good, &[&first]).ok();
    clients.uv(&["publish", "--publish-url", &legacy, "--token", &good, &second]).ok();
    let other = path(&wheel("olga-two", "1.0"));
    let elsewhere = narrowed(&good, &["--address", "10.0.0.0/8"]);
    let over = narrowed(&good, &["--expires", "2020-01-01T00:00:00Z"]);
    let third = path(&wheel("olga-one", "3.0"));
    for (token, file, why) in [
        (&good, &other, "isn't allowed to upload to project 'olga-two'"),
        (&elsewhere, &third, "may not be used from this address"),
        (&over, &third, "the token has expired"),
    ] {
        // twine breaks its lines.
        let said = |run: &Run| run.text().split_whitespace().collect::<Vec<_>>().join(" ");
        let run = clients.twine_upload(&legacy, token, &[file]);
        assert!(!run.success() && said(&run).contains(why), "{}", run.text());
        let run = clients.uv(&["publish", "--publish-url", &legacy, "--token", token, file]);
        assert!(!run.success() && said(&run).contains(why), "{}", run.text());
    }
    // What was published is hers, and she is the owner of the project that her upload made.
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(
        audit.contains(&format!("\"actor\":\"user:{} olga\",\"action\":\"upload\"", olga.user.id)),
        "{audit}"
    );
    change(&house, async |store| {
        let holders = store.holders(&"olga-one".parse().unwrap()).await.unwrap();
        assert!(holders.people.contains_key(&olga.user.id), "{holders:?}");
    });
    let listed = olga.api("GET", "/api/v1/tokens", &Value::Null).json();
    let listed = &listed["tokens"][0];
    assert_eq!(
        (&listed["label"], &listed["last_used_from"]),
        (&json!("ci"), &json!("127.0.0.1")),
        "{listed}"
    );
    assert!(listed["last_used_at"].is_string() && listed.get("token").is_none(), "{listed}");
    let said = token_command(&["show"], &good).1;
    assert!(said.contains("for olga-one") && said.contains("from 127.0.0.0/8"), "{said}");
}

#[test]
fn a_caveat_that_is_unknown_or_not_met_refuses() {
    let house = House::new();
    let olga = Somebody::new(&house, "olga");
    let (_, token) = olga.token(&json!({"label": "ci", "uploads_only": false}));
    let dist = wheel("olga-one", "1.0");
    // As another program would add one that this index does not know.
    let text = unknown_caveat(&token);
    refused(
        &house,
        &dist,
        &text,
        "The token doesn't count here: the token has a caveat that this index does not know.",
    );
    let later = narrowed(&token, &["--not-before", "2099-01-01T00:00:00Z"]);
    refused(&house, &dist, &later, "The token doesn't count here: the token is not valid yet.");
    let no_project = narrowed(&narrowed(&token, &["--project", "a"]), &["--project", "b"]);
    refused(&house, &dist, &no_project, "The token isn't allowed to upload to project 'olga-one'.");
    // One file, however many copies there are.
    let once = narrowed(&token, &["--once"]);
    assert_eq!(send(&house, &dist, &once).status, 200);
    assert_eq!(send(&house, &dist, &once).status, 200, "the same once more, after a lost answer");
    let next = wheel("olga-one", "2.0");
    let spent = "The token doesn't count here: it uploads one file, and has done so.";
    refused(&house, &next, &once, spent);
    refused(&house, &next, &narrowed(&once, &["--project", "olga-one"]), spent);
    assert_eq!(send(&house, &next, &token).status, 200);
    // What is no token, or one of another index.
    for wrong in ["fondaco-m1-", "fondaco-m1-AAAA", &format!("{token}A"), &token[..token.len() - 2]] {
        refused(&house, &next, wrong, NONE);
    }
    let other = House::new();
    refused(&other, &next, &token, NONE);
    assert!(!token_command(&["attenuate", "--project", "x"], "fondaco-01234567-secret").0);
    assert!(!token_command(&["attenuate"], &token).0);
}

/// The token with a caveat more that nobody knows: its chain goes on with HMAC, which needs no key.
fn unknown_caveat(token: &str) -> String {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ring::hmac;
    let prefix = "fondaco-m1-";
    let mut bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(prefix).unwrap()).unwrap();
    let signature = bytes.split_off(bytes.len() - 32);
    // The end of the caveats, and the head of the signature.
    bytes.truncate(bytes.len() - 3);
    let caveat = br#"{"versions":["1.0"]}"#;
    bytes.extend([2, caveat.len() as u8]);
    bytes.extend(caveat);
    bytes.extend([0, 0, 6, 32]);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &signature);
    bytes.extend(hmac::sign(&key, caveat).as_ref());
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

#[test]
fn a_token_goes_no_further_than_its_person() {
    let house = House::new();
    let (olga, max) = (Somebody::new(&house, "olga"), Somebody::new(&house, "max"));
    let (_, hers) = olga.token(&json!({"label": "ci", "uploads_only": false}));
    let (_, his) = max.token(&json!({"label": "ci"}));
    assert_eq!(send(&house, &wheel("olga-one", "1.0"), &hers).status, 200);
    let scope = "The token isn't allowed to upload to project 'olga-one'.";
    refused(&house, &wheel("olga-one", "2.0"), &his, scope);
    // It manages nothing, also not tokens.
    for (method, path) in
        [("GET", "/api/v1/tokens"), ("POST", "/api/v1/tokens"), ("GET", "/api/v1/publishers")]
    {
        let authorization = format!("Bearer {hers}");
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        let answer = fetch(method, &house.fondaco.url(path), &headers, b"{\"label\":\"x\"}").unwrap();
        assert_eq!(answer.status, 401, "{method} {path}: {}", answer.text());
    }
    // An account without a second factor has no tokens, and one that is frozen none that count.
    let nina = Somebody::without_factor(&house, "nina");
    assert_eq!(nina.api("POST", "/api/v1/tokens", &json!({"label": "ci"})).status, 403);
    change(&house, async |store| {
        let mut tx = store.begin().await.unwrap();
        let frozen = User { state: UserState::Frozen, ..olga.user.clone() };
        tx.set_user(&frozen).await.unwrap();
        tx.commit().await.unwrap();
    });
    refused(&house, &wheel("olga-one", "2.0"), &hers, NONE);
}

#[test]
fn tokens_are_listed_replaced_and_revoked_by_their_owner() {
    let house = House::with_config("[tokens]\nmax_expiry = '30d'\ndefault_expiry = '2d'\n");
    let (olga, max) = (Somebody::new(&house, "olga"), Somebody::new(&house, "max"));
    for wrong in [
        json!({}),
        json!({"label": " "}),
        json!({"label": "x", "manages": true}),
        json!({"label": "x", "projects": []}),
        json!({"label": "x", "projects": ["!"]}),
        json!({"label": "x", "addresses": ["somewhere"]}),
        json!({"label": "x", "expires_at": "2020-01-01T00:00:00Z"}),
        json!({"label": "x", "expires_at": "2099-01-01T00:00:00Z"}),
        json!({"label": "x", "expires_at": "soon"}),
    ] {
        let answer = olga.api("POST", "/api/v1/tokens", &wrong);
        assert_eq!(answer.status, 400, "{wrong}: {}", answer.text());
    }
    let (id, old) = olga.token(&json!({"label": "ci", "projects": ["olga-one"], "addresses": ["127.0.0.1"]}));
    assert_eq!(send(&house, &wheel("olga-one", "1.0"), &old).status, 200);
    // Another in its place, with the same caveats; the old one counts on for a while.
    let rotate = |id: &str, overlap: u64| {
        olga.api("POST", &format!("/api/v1/tokens/{id}/rotate"), &json!({"overlap": overlap}))
    };
    assert_eq!(max.api("POST", &format!("/api/v1/tokens/{id}/rotate"), &json!({"overlap": 5})).status, 404);
    let given = rotate(&id, 3600).json();
    let (new_id, new) =
        (given["id"].as_str().unwrap().to_owned(), given["token"].as_str().unwrap().to_owned());
    assert_eq!(given["caveats"].as_array().unwrap().len(), 4, "{given}");
    for (token, version) in [(&old, "2.0"), (&new, "3.0")] {
        assert_eq!(send(&house, &wheel("olga-one", version), token).status, 200);
    }
    refused(
        &house,
        &wheel("olga-two", "1.0"),
        &new,
        "The token isn't allowed to upload to project 'olga-two'.",
    );
    assert_eq!(rotate(&id, 0).status, 201);
    refused(&house, &wheel("olga-one", "4.0"), &old, "The token doesn't count here: the token has expired.");
    assert_eq!(rotate(&id, 0).status, 404, "it is over");
    // Revoked, with all that was made of it, at once, and by nobody else.
    let address = format!("/api/v1/tokens/{new_id}");
    let copy = narrowed(&new, &["--expires", "1h"]);
    assert_eq!(max.api("DELETE", &address, &Value::Null).status, 404);
    assert_eq!(olga.api("DELETE", &address, &Value::Null).status, 204);
    for token in [&new, &copy] {
        refused(&house, &wheel("olga-one", "4.0"), token, NONE);
    }
    assert_eq!(olga.api("DELETE", &address, &Value::Null).status, 404);
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    for action in ["issue-token", "rotate-token", "revoke-issued-token"] {
        assert!(audit.contains(&format!("\"action\":\"{action}\"")), "{action}: {audit}");
    }
    // No text of a token is anywhere but with its owner.
    let database = std::fs::read(house.data.path().join("fondaco.db")).unwrap();
    let wal = std::fs::read(house.data.path().join("fondaco.db-wal")).unwrap_or_default();
    for bytes in [&database, &wal, &house.fondaco.log().into_bytes(), &audit.into_bytes()] {
        let held = [&old, &new].iter().any(|token| {
            bytes.windows(40).any(|window| token.as_bytes()[60..].windows(40).any(|part| part == window))
        });
        assert!(!held);
    }
}

#[test]
fn a_token_that_was_found_in_public_is_revoked_at_once_and_its_owner_told() {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
    let head = STANDARD.decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE").unwrap();
    let der = [&head[..26], key.public_key().as_ref()].concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der));
    let data = tempfile::tempdir().unwrap();
    let keys = json!({"public_keys": [{"key_identifier": "k1", "key": pem, "is_current": true}]});
    std::fs::write(data.path().join("keys.json"), keys.to_string()).unwrap();
    let house = House::in_folder(data, "[tokens]\ndisclosure_keys = 'keys.json'\n");
    let olga = Somebody::new(&house, "olga");
    let (_, hers) = olga.token(&json!({"label": "ci"}));
    let operators = house.fondaco.token(&["--all-projects"]);
    let forged = unknown_caveat(&hers).replace("fondaco-m1-Ag", "fondaco-m1-Ab");
    let found = json!([
        {"token": narrowed(&hers, &["--project", "x"]), "type": "fondaco", "url": "https://code.example/x", "source": "content"},
        {"token": operators, "type": "fondaco"},
        {"token": "fondaco-00000000-nothing", "type": "fondaco"},
        {"token": forged, "type": "fondaco"},
    ])
    .to_string();
    let report = |id: &str, signature: &str, body: &str| {
        let headers = [("Github-Public-Key-Identifier", id), ("Github-Public-Key-Signature", signature)];
        fetch("POST", &house.fondaco.url("/_/secrets/disclose-token"), &headers, body.as_bytes()).unwrap()
    };
    let sign = |body: &str| STANDARD.encode(key.sign(&random, body.as_bytes()).unwrap());
    let signature = sign(&found);
    for (id, signature, body) in [
        ("k2", signature.as_str(), found.as_str()),
        ("k1", "", &found),
        ("k1", "????", &found),
        ("k1", &sign("[]"), &found),
        ("k1", &signature, &format!("{found} ")),
    ] {
        assert_eq!(report(id, signature, body).status, 403);
    }
    assert_eq!(send(&house, &wheel("olga-one", "1.0"), &hers).status, 200, "nobody was believed");
    assert_eq!(report("k1", &sign("{}"), "{}").status, 400);
    let answer = report("k1", &signature, &found);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let labels: Vec<Value> =
        answer.json().as_array().unwrap().iter().map(|one| one["label"].clone()).collect();
    assert_eq!(labels, ["true_positive", "true_positive", "false_positive", "false_positive"]);
    for token in [&hers, &operators] {
        refused(&house, &wheel("olga-one", "2.0"), token, NONE);
    }
    let mails = wait_for_mails(house.data.path(), 1);
    let mail = mails[0].replace("=\r\n", "").replace("=3D", "=");
    assert!(mail.contains("olga@index.example") && mail.contains("https://code.example/x"), "{mail}");
    assert!(!mail.contains("fondaco-m1"), "{mail}");
    assert_eq!(report("k1", &signature, &found).status, 200, "reported twice");
    let closed = House::new();
    let answer = fetch("POST", &closed.fondaco.url("/_/secrets/disclose-token"), &[], b"[]").unwrap();
    assert_eq!(answer.status, 404);
}

#[test]
fn the_page_makes_lists_replaces_and_revokes_them() {
    let house = House::with_config(
        "[[trusted_issuers]]\nkind = 'github'\nissuer = 'https://token.actions.githubusercontent.com'\n",
    );
    let olga = Somebody::new(&house, "olga");
    let page = || olga.api("GET", "/account/tokens", &Value::Null).text();
    let shown = |answer: &Answer| {
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let text = answer.text();
        let begin = text.find("fondaco-m1-").unwrap();
        text[begin..].split('<').next().unwrap().to_owned()
    };
    let id = || {
        let listed = olga.api("GET", "/api/v1/tokens", &Value::Null).json();
        listed["tokens"][0]["id"].as_str().unwrap().to_owned()
    };
    let wrong = olga.form("/account/tokens", "label=ci&projects=olga-one&days=9999");
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("at most 365 days"), "{}", wrong.text());
    let first =
        shown(&olga.form("/account/tokens", "label=ci+%3Cb%3E&projects=olga-one&addresses=127.0.0.1&days=5"));
    assert!(page().contains("ci &lt;b&gt;") && !page().contains(&first), "{}", page());
    assert_eq!(send(&house, &wheel("olga-one", "1.0"), &first).status, 200);
    let second = shown(&olga.form("/account/tokens/rotate", &format!("id={}", id())));
    assert_eq!(send(&house, &wheel("olga-one", "2.0"), &second).status, 200);
    let added = olga.form(
        "/account/publishers",
        "project=olga-one&issuer=https%3A%2F%2Ftoken.actions.githubusercontent.com&claims=owner%3Dme%0D%0Arepository%3Dit%0D%0Aworkflow%3Drelease.yml",
    );
    assert_eq!(added.status, 303, "{}", added.text());
    assert!(page().contains("github me/it release.yml"), "{}", page());
    let listed = olga.api("GET", "/api/v1/tokens", &Value::Null).json();
    for token in listed["tokens"].as_array().unwrap() {
        let revoked = olga.form("/account/tokens/revoke", &format!("id={}", token["id"].as_str().unwrap()));
        assert_eq!(revoked.status, 303, "{}", revoked.text());
    }
    for token in [&first, &second] {
        refused(&house, &wheel("olga-one", "3.0"), token, NONE);
    }
    assert_eq!(fetch("GET", &house.fondaco.url("/account/tokens"), &[], b"").unwrap().status, 303, "log in");
}
