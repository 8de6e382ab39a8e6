//! People who script what a person does: a browser's cookie or a session as bearer, and their mail.

use std::path::Path;

use fondaco_model::{Session, Timestamp, TotpRecord, User};
use fondaco_pydist::Sha256;
use fondaco_store::Store;
use fondaco_testkit::{Answer, Fondaco, fetch};
use serde_json::{Value, json};

use crate::house::House;

/// A password that nobody guesses.
pub(crate) const PASSWORD: &str = "glacier-mandolin-kettle-42";
/// Another.
pub(crate) const OTHER: &str = "turnip-parachute-velvet-17";
/// Registration is open, in a house of its own.
pub(crate) const OPEN: &str = "[accounts]\nregistration = 'open'\n";

/// A request with a JSON body; null for none.
pub(crate) fn call(fondaco: &Fondaco, bearer: Option<&str>, at: &str, body: &Value) -> Answer {
    let (method, path) = at.split_once(' ').unwrap();
    let authorization = bearer.map(|secret| format!("Bearer {secret}"));
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(authorization.iter().map(|value| ("Authorization", value.as_str())));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    fetch(method, &fondaco.url(path), &headers, body.as_bytes()).unwrap()
}

/// A form as a browser sends it from a page of ours.
pub(crate) fn send(fondaco: &Fondaco, path: &str, cookie: Option<&str>, fields: &[(&str, &str)]) -> Answer {
    send_from(fondaco, path, cookie, fields, &[("Sec-Fetch-Site", "same-origin")])
}

/// A form with other headers.
pub(crate) fn send_from(
    fondaco: &Fondaco,
    path: &str,
    cookie: Option<&str>,
    fields: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> Answer {
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let mut all = vec![("Content-Type", "application/x-www-form-urlencoded")];
    all.extend(headers);
    all.extend(cookie.map(|cookie| ("Cookie", cookie)));
    fetch("POST", &fondaco.url(path), &all, body.join("&").as_bytes()).unwrap()
}

/// The cookie that an answer sets, as a browser sends it back.
pub(crate) fn cookie_of(answer: &Answer) -> String {
    let set = answer.header("set-cookie").unwrap_or_else(|| panic!("no cookie: {answer:?}"));
    set.split(';').next().unwrap().to_owned()
}

/// The mails that were written into the data folder, oldest first.
pub(crate) fn mails(data: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(data.join("mail")) else { return Vec::new() };
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "eml"));
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

/// Waits until so many mails were written.
#[track_caller]
pub(crate) fn wait_for_mails(data: &Path, count: usize) -> Vec<String> {
    let began = std::time::Instant::now();
    loop {
        let mails = mails(data);
        if mails.len() >= count {
            return mails;
        }
        assert!(began.elapsed().as_secs() < 60, "{count} mails are awaited, and there are {mails:?}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// Waits for a mail that has all of this; the newest.
#[track_caller]
pub(crate) fn wait_for_mail(data: &Path, has: &[&str]) -> String {
    let began = std::time::Instant::now();
    loop {
        let mails = mails(data);
        if let Some(mail) = mails.iter().rev().find(|mail| has.iter().all(|text| mail.contains(text))) {
            return mail.clone();
        }
        assert!(began.elapsed().as_secs() < 60, "{has:?} is awaited, and there are {mails:?}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// The secret of the link in a mail.
#[track_caller]
pub(crate) fn link_in(mail: &str) -> String {
    // Quoted-printable may have broken the line.
    let text = mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
    let secret = text.split("?link=").nth(1).unwrap_or_else(|| panic!("no link in {mail}"));
    secret.chars().take_while(char::is_ascii_hexdigit).collect()
}

/// Registers somebody and confirms their address, which is NAME@example.invalid.
#[track_caller]
pub(crate) fn join(house: &House, name: &str) {
    let email = format!("{name}@example.invalid");
    let order = json!({"name": name, "email": email, "password": PASSWORD});
    let answer = call(&house.fondaco, None, "POST /api/v1/register", &order);
    assert_eq!(answer.status, 202, "{}", answer.text());
    let mail = wait_for_mail(house.data.path(), &[&format!("To: {email}"), "Subject: Confirm"]);
    let link = link_in(&mail);
    let answer = call(&house.fondaco, None, "POST /api/v1/verify", &json!({"link": link}));
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// Logs somebody in; the secret of the session.
#[track_caller]
pub(crate) fn log_in(fondaco: &Fondaco, name: &str, password: &str) -> String {
    let answer = try_log_in(fondaco, name, password);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["session"].as_str().unwrap().to_owned()
}

/// Tries to.
pub(crate) fn try_log_in(fondaco: &Fondaco, name: &str, password: &str) -> Answer {
    call(fondaco, None, "POST /api/v1/login", &json!({"name": name, "password": password}))
}

/// The audit log as lines.
pub(crate) fn audit(fondaco: &Fondaco) -> String {
    fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout
}

/// The database of a house, opened as another process would.
pub(crate) fn in_store<T>(house: &House, what: impl AsyncFnOnce(&Store) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = house.store().await;
        let done = what(&store).await;
        store.close().await;
        done
    })
}

/// A session in which somebody has shown a second factor, which they have from then on.
pub(crate) fn verified(house: &House, name: &str) -> String {
    session_of(house, name, |session| Session { factor_verified_at: Some(session.made_at), ..session })
}

/// A session as somebody might have it, put into the database: `change` says how it differs from one
/// that was just begun.
pub(crate) fn session_of(house: &House, name: &str, change: impl Fn(Session) -> Session) -> String {
    let now = Timestamp::now();
    let secret = format!("fondaco-session-{}", Sha256::of(format!("{name}{now}").as_bytes()));
    in_store(house, async |store| {
        let user: User = store.user_by_name(&name.parse().unwrap()).await.unwrap().unwrap();
        let later = now + std::time::Duration::from_secs(3600);
        let session = change(Session {
            id: format!("s-{}", &secret[40..56]),
            digest: Sha256::of(secret.as_bytes()),
            user: user.id,
            made_at: now,
            last_seen_at: now,
            expires_at: later,
            reauthenticated_at: now,
            pending: false,
            factor_verified_at: None,
            address: "127.0.0.1".into(),
            user_agent: String::new(),
            revoked_at: None,
        });
        let mut tx = store.begin().await.unwrap();
        tx.add_session(&session).await.unwrap();
        if let Some(at) = session.factor_verified_at {
            let totp = TotpRecord { user: session.user.clone(), made_at: at, last_step: 0, last_used_at: at };
            tx.set_totp(&session.id, &totp, &[7; 20]).await.unwrap();
            tx.set_session_factor(&session.id, "totp", (at, session.reauthenticated_at)).await.unwrap();
        }
        tx.commit().await.unwrap();
    });
    secret
}
