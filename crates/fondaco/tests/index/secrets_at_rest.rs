//! Secrets in the database are sealed with a key that is not in it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use fondaco_testkit::{Fondaco, Run, fetch};
use serde_json::{Value, json};

use crate::factors::{App, house, login, person};
use crate::holders::Somebody;
use crate::house::{BIN, House};
use crate::visitors::in_store;

/// Everything in the files of a database, as bytes.
fn database(data: &Path) -> Vec<u8> {
    ["fondaco.db", "fondaco.db-wal"].map(|name| std::fs::read(data.join(name)).unwrap_or_default()).concat()
}

fn has(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// A server that has to refuse to start, and says why.
#[track_caller]
fn refuses(data: &Path, says: &[&str]) {
    let mut serve = Command::new(BIN);
    serve.args(["serve", "--listen", "127.0.0.1:0", "--upstream", "http://127.0.0.1:9/simple/", "--data"]);
    let output = serve.arg(data).env_clear().output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    for text in says.iter().chain(&["hint: "]) {
        assert!(said.contains(text), "{text:?}: {said}");
    }
}

fn beside(data: &Path, args: &[&str]) -> Run {
    let place = data.display().to_string();
    Fondaco::command(BIN, &[&["admin"], args, &["--data", &place]].concat())
}

/// Ann's authenticator app, added by the API; the secret as it was shown.
fn app_of(house: &House, name: &str) -> (App, Vec<u8>) {
    person(house, name, &[]);
    let (session, _) = login(house, name);
    let post = |path: &str, body: &Value| {
        let bearer = format!("Bearer {session}");
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        fetch("POST", &house.fondaco.url(path), &headers, body.as_bytes()).unwrap()
    };
    let offer = post("/api/v1/account/factors/totp", &Value::Null).json();
    let secret = offer["secret"].as_str().unwrap().to_owned();
    let app = App::of(&secret);
    let added = post("/api/v1/account/factors/totp/confirm", &json!({"code": app.code(0)}));
    assert_eq!(added.status, 201, "{}", added.text());
    (app, data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap())
}

/// Whether somebody's app is still what their second step is passed with.
#[track_caller]
fn passes(house: &House, name: &str, code: &str) {
    let (session, pending) = login(house, name);
    assert!(pending);
    let bearer = format!("Bearer {session}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let body = json!({"code": code}).to_string();
    let url = house.fondaco.url("/api/v1/login/second-step");
    let answer = fetch("POST", &url, &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn a_copy_of_the_database_alone_tells_no_secret_and_keys_are_rotated() {
    let house = house("");
    let data = house.data.path().to_owned();
    let file = data.join("secrets.key");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let (app, secret) = app_of(&house, "ann");
    let olga = Somebody::new(&house, "olga");
    let (id, token) = olga.token(&json!({"label": "ci"}));
    let root_key = in_store(&house, async |store| store.issued_token(&id).await.unwrap().unwrap().1);
    let told = |data: &Path| {
        let bytes = database(data);
        let digits: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let base32 = data_encoding::BASE32_NOPAD.encode(&secret);
        let raw: Vec<u8> = root_key
            .as_bytes()
            .chunks(2)
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
            .collect();
        [secret.as_slice(), digits.as_bytes(), base32.as_bytes(), root_key.as_bytes(), &raw]
            .into_iter()
            .any(|needle| has(&bytes, needle))
    };
    assert!(!told(&data), "a secret is in the database");
    assert!(has(&database(&data), id.as_bytes()), "the row is there");
    // Also not in a backup, which says so.
    let place = tempfile::tempdir().unwrap();
    let backup = place.path().join("backup");
    let run = house.fondaco.admin(&["backup", backup.to_str().unwrap()]).ok();
    assert!(run.stderr.contains("keep a copy of") && run.stderr.contains("secrets.key"), "{}", run.stderr);
    assert!(!told(&backup) && !backup.join("secrets.key").exists());
    passes(&house, "ann", &app.code(1));
    // A new key seals from the next start on; the old one opens until then.
    let before = std::fs::read_to_string(&file).unwrap();
    let run = house.fondaco.admin(&["secrets", "new-key"]).ok();
    assert!(run.stdout.contains("has 2 keys now"), "{}", run.stdout);
    let keys = house.fondaco.admin(&["secrets", "keys"]).ok().stdout;
    assert_eq!(keys.lines().filter(|line| line.ends_with("in use")).count(), 1, "{keys}");
    let house = house.restarted();
    let newest = std::fs::read_to_string(&file).unwrap().lines().next().unwrap().to_owned();
    assert_ne!(newest, before.trim());
    std::fs::write(&file, &newest).unwrap();
    let house = house.restarted();
    assert!(!told(&data));
    let opened = in_store(&house, async |store| store.issued_token(&id).await.unwrap().unwrap().1);
    assert_eq!(opened, root_key, "the token counts on");
    assert!(token.starts_with("fondaco-m1-"));
    // With the old key alone, with none, with something else.
    house.fondaco.stop();
    std::fs::write(&file, &before).unwrap();
    refuses(&data, &["sealed with the key", "secrets forget"]);
    std::fs::remove_file(&file).unwrap();
    refuses(&data, &["sealed with the key", "which is not in"]);
    assert!(!file.exists(), "no new key is made where one is missing");
    std::fs::write(&file, "not a key\n").unwrap();
    refuses(&data, &["line 1 is no key"]);
    // A restored database needs the key as well.
    let restored = place.path().join("restored");
    let run = beside(&restored, &["restore", backup.to_str().unwrap()]).ok();
    assert!(run.stderr.contains("bring the key file to"), "{}", run.stderr);
    refuses(&restored, &["sealed with the key"]);
    std::fs::write(restored.join("secrets.key"), &before).unwrap();
    assert!(beside(&restored, &["secrets", "keys"]).ok().stdout.contains("seals and opens, in use"));
    // Lost for good.
    std::fs::remove_file(&file).unwrap();
    let lost = beside(&data, &["secrets", "forget", "--reason", "the disk is gone"]);
    assert!(lost.code == Some(2) && lost.stderr.contains("new-key"), "{}", lost.text());
    beside(&data, &["secrets", "new-key"]).ok();
    let run = beside(&data, &["secrets", "forget", "--reason", "the disk is gone"]).ok();
    assert!(run.stdout.contains("2 authenticator apps, 1 tokens"), "{}", run.stdout);
    let again = house.restarted();
    let audit = again.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(audit.contains("\"forget-secrets\""), "{audit}");
    let (_, pending) = login(&again, "ann");
    assert!(!pending, "she adds another app");
}

#[test]
fn a_key_file_that_is_configured_is_never_made_by_itself() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("fondaco.toml"), "[secrets]\nkey = 'shared/keys'\n").unwrap();
    refuses(data.path(), &["shared/keys is not there"]);
    std::fs::create_dir(data.path().join("shared")).unwrap();
    beside(data.path(), &["secrets", "new-key"]).ok();
    beside(data.path(), &["secrets", "new-key", "--last"]).ok();
    let lines = std::fs::read_to_string(data.path().join("shared/keys")).unwrap();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    let upstream = fondaco_testkit::Upstream::new();
    let fondaco = Fondaco::start(BIN, data.path(), &["--upstream", &upstream.index_url()]);
    let keys = fondaco.admin(&["secrets", "keys"]).ok().stdout;
    assert!(keys.lines().next().unwrap().ends_with("seals and opens, in use"), "{keys}");
    assert!(!data.path().join("secrets.key").exists());
}
