//! Secrets in the database are sealed with a key that is not in it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use fondaco_accounts::{Hasher, Match};
use fondaco_model::{Pepper, Timestamp};
use fondaco_testkit::{Fondaco, MailServer, Run, fetch};
use serde_json::{Value, json};

use crate::factors::{App, house, login, person};
use crate::holders::Somebody;
use crate::house::{BIN, House};
use crate::visitors::{
    OPEN, OTHER, PASSWORD, audit, call, in_store, join, link_in, log_in, try_log_in, wait_for_mail,
};

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
    let forgotten = "2 authenticator apps, 1 tokens, 1 passwords, 0 waiting mails";
    assert!(run.stdout.contains(forgotten), "{}", run.stdout);
    let again = house.restarted();
    let audit = again.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(audit.contains("\"forget-secrets\""), "{audit}");
    assert!(audit.contains(forgotten), "{audit}");
    // Her password can't be checked any more; by mail she sets another, with the new pepper.
    assert_eq!(try_log_in(&again.fondaco, "ann", PASSWORD).status, 401);
    reset(&again, "ann", PASSWORD);
    let (_, pending) = login(&again, "ann");
    assert!(!pending, "she adds another app");
}

/// Sets somebody's password by mail.
#[track_caller]
fn reset(house: &House, name: &str, password: &str) {
    let email = format!("{name}@example.invalid");
    let asked = call(&house.fondaco, None, "POST /api/v1/reset", &json!({"email": email}));
    assert_eq!(asked.status, 202, "{}", asked.text());
    let mail = wait_for_mail(house.data.path(), &[&format!("To: {email}"), "Subject: Set a new password"]);
    let order = json!({"link": link_in(&mail), "password": password});
    let answer = call(&house.fondaco, None, "POST /api/v1/password", &order);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// [`PASSWORD`]'s hash by what a restored or damaged database may hold: with a pepper that is not there.
const FOREIGN: &str = "$argon2id$v=19$m=8192,t=1,p=1,keyid=b3RoZXItMQ$MDEyMzQ1Njc4OWFiY2RlZg$e6cXnoyyQRLr/lj7tazu0GY0REALd/QvrlPpDqM7E3A";

#[test]
fn a_password_whose_pepper_is_lost_is_refused_and_told_and_set_anew_by_mail() {
    let house = House::with_config(OPEN);
    join(&house, "jane");
    let hash = |with: Option<&str>| {
        in_store(&house, async |store| {
            let user = store.user_by_name(&"jane".parse().unwrap()).await.unwrap().unwrap().id;
            let mut tx = store.begin().await.unwrap();
            if with.is_some() {
                tx.set_password_hash(&user, with, Timestamp::now()).await.unwrap();
            }
            let kept = tx.password_hash(&user).await.unwrap().unwrap();
            tx.commit().await.unwrap();
            kept
        })
    };
    // What is kept is worth nothing to whoever knows the database alone: not even with the password.
    let kept = hash(None);
    let pepper = in_store(&house, async |store| store.pepper().await.unwrap().unwrap());
    let named = data_encoding::BASE64_NOPAD.encode(&pepper.id);
    assert!(kept.contains(&format!(",keyid={named}$")), "{kept}");
    let is_right = |pepper: Option<Pepper>| {
        let hasher = Hasher::new(pepper, [3; 16]).unwrap();
        hasher.is_right(&fondaco_accounts::Password::typed(PASSWORD), Some(&kept)).unwrap()
    };
    assert!(!has(&database(house.data.path()), &pepper.secret), "the pepper is sealed");
    assert_eq!(is_right(Some(pepper.clone())), Match::Right);
    assert_eq!(is_right(Some(Pepper { secret: [0; 32], ..pepper })), Match::Wrong);
    // The hash of a pepper that is not here.
    hash(Some(FOREIGN));
    let refused = try_log_in(&house.fondaco, "jane", PASSWORD);
    assert_eq!(refused.status, 401);
    assert_eq!(
        refused.text(),
        try_log_in(&house.fondaco, "nobody", PASSWORD).text(),
        "the same for everybody"
    );
    assert!(refused.text().contains("set anew by mail"), "{}", refused.text());
    assert_eq!(hash(None), FOREIGN);
    wait_for_audit(&house, "the pepper of this password is lost");
    assert!(
        house.fondaco.log().contains("with a pepper that is not in the database"),
        "{}",
        house.fondaco.log()
    );
    reset(&house, "jane", OTHER);
    log_in(&house.fondaco, "jane", OTHER);
    assert!(hash(None).contains(&format!(",keyid={named}$")));
}

#[track_caller]
fn wait_for_audit(house: &House, has: &str) {
    let began = std::time::Instant::now();
    while !audit(&house.fondaco).contains(has) {
        assert!(began.elapsed().as_secs() < 30, "{has:?} is awaited: {}", audit(&house.fondaco));
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn a_mail_that_waits_tells_its_link_to_nobody() {
    let mut server = MailServer::new();
    let mail = format!("[mail]\nsmtp = '{}'\nfrom = 'Fondaco <index@example.invalid>'\n", server.url());
    let house = House::with_config(&format!("{OPEN}{mail}"));
    let data = house.data.path().to_owned();
    let order = json!({"name": "jane", "email": "jane@example.invalid", "password": PASSWORD});
    assert_eq!(call(&house.fondaco, None, "POST /api/v1/register", &order).status, 202);
    // What is written on the host waits beside it: the link that calls a recovery off.
    app_of(&house, "ann");
    house.fondaco.admin(&["user", "recover", "ann", "--reason", "she wrote"]).ok();
    let held = |data: &Path| {
        let bytes = database(data);
        assert!(has(&bytes, b"jane@example.invalid") && has(&bytes, b"ann@example.invalid"), "mails wait");
        ["link=", "to confirm that it is yours", "hello jane"]
            .into_iter()
            .filter(|text| has(&bytes.to_ascii_lowercase(), text.as_bytes()))
            .collect::<Vec<_>>()
    };
    assert!(held(&data).is_empty(), "{:?}", held(&data));
    house.fondaco.stop();
    assert!(held(&data).is_empty(), "{:?}", held(&data));
    // With another key first, and a server that answers: each arrives, with its link.
    house.fondaco.admin(&["secrets", "new-key"]).ok();
    server.start();
    let house = house.restarted();
    let mails = server.wait_for(3);
    let confirm = mails.iter().find(|mail| mail.contains("Subject: Confirm")).unwrap();
    let link = link_in(confirm);
    assert_eq!(call(&house.fondaco, None, "POST /api/v1/verify", &json!({"link": link})).status, 200);
    let objects = |mail: &&String| mail.contains("To: ann@example.invalid") && mail.contains("link=");
    assert!(mails.iter().any(|mail| objects(&mail)), "{mails:?}");
    assert!(!has(&database(&data), link.as_bytes()));
}

/// As a key that the system keeps is: somewhere that nobody writes.
#[test]
fn a_key_from_the_systems_storage_is_read_and_never_written() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("fondaco.toml"), "[secrets]\nkey = 'credentials/secrets.key'\n").unwrap();
    let folder = data.path().join("credentials");
    std::fs::create_dir(&folder).unwrap();
    beside(data.path(), &["secrets", "new-key"]).ok();
    let key = folder.join("secrets.key");
    let mode = |path: &Path, mode: u32| {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(path, mode).unwrap();
    };
    mode(&key, 0o400);
    mode(&folder, 0o500);
    let (line, made) = (std::fs::read(&key).unwrap(), folder.metadata().unwrap().modified().unwrap());
    let upstream = fondaco_testkit::Upstream::new();
    let fondaco = Fondaco::start(BIN, data.path(), &["--upstream", &upstream.index_url()]);
    // Something is sealed with it, and opened again by the next start.
    let keys = fondaco.admin(&["secrets", "keys"]).ok().stdout;
    assert!(keys.contains("seals and opens, in use"), "{keys}");
    fondaco.stop();
    drop(fondaco.again());
    assert_eq!(std::fs::read(&key).unwrap(), line);
    assert_eq!(folder.metadata().unwrap().modified().unwrap(), made, "nothing was put beside it");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    assert!(!data.path().join("secrets.key").exists());
    mode(&folder, 0o700);
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
