//! Secrets in the database, sealed with keys that are not in it.

use base64::Engine as _;
use fondaco_model::{IssuedTo, IssuedToken, Session, Timestamp, TotpRecord, User, UserId, UserState};
use fondaco_pydist::Sha256;
use fondaco_store::{Database, Forgotten, Keys, Sealed, Store, StoreError};
use sqlx::AnyConnection;
use sqlx::Connection as _;

use crate::home::Home;

on_both! {
    what_one_key_sealed_the_next_one_opens
    rows_from_before_are_sealed_at_the_start
    what_is_sealed_opens_in_its_own_row_alone
    what_a_lost_key_sealed_is_forgotten
}

const ROOT_KEY: &str = "d00dfeedd00dfeedd00dfeedd00dfeedd00dfeedd00dfeedd00dfeedd00dfeed";
const SECRET: &[u8; 20] = b"twenty bytes exactly";
const OFFERED: &[u8; 20] = b"and twenty different";
const LETTER: &str = "open http://index.example/password?link=0123456789abcdef\n";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn someone() -> UserId {
    UserId::from_random([1; 10])
}

/// Keys of these lines, the first one first.
fn keys(lines: &[&str]) -> Keys {
    lines.join("\n").parse().unwrap()
}

fn lines() -> [String; 2] {
    [Keys::new_line().unwrap(), Keys::new_line().unwrap()]
}

/// The database with these keys, as a server opens it that starts.
async fn unlocked(home: &Home, with: &Keys) -> Result<(Store, Sealed), StoreError> {
    Store::open(&home.database).await.unwrap().unlock(with.clone(), at(9)).await
}

/// Somebody with an app, one that is offered, and a token.
async fn fill(store: &Store) {
    let user = User {
        id: someone(),
        name: "ann".parse().unwrap(),
        display_name: String::new(),
        staff: None,
        state: UserState::Active,
        made_at: at(0),
    };
    let session = Session {
        id: "s-ann".to_owned(),
        digest: Sha256::of(b"ann"),
        user: user.id.clone(),
        made_at: at(0),
        last_seen_at: at(0),
        expires_at: at(1_000_000),
        reauthenticated_at: at(0),
        pending: false,
        factor_verified_at: None,
        address: String::new(),
        user_agent: String::new(),
        revoked_at: None,
    };
    let token = IssuedToken {
        id: "t-1".to_owned(),
        holder: IssuedTo::Person(user.id.clone()),
        label: String::new(),
        caveats: Vec::new(),
        made_at: at(1),
        expires_at: at(100),
        last_used_at: None,
        last_used_from: None,
        revoked_at: None,
        revoked_why: None,
        replaced_by: None,
    };
    let mut tx = store.begin().await.unwrap();
    tx.add_user(&user).await.unwrap();
    tx.add_session(&session).await.unwrap();
    let totp = TotpRecord { user: user.id, made_at: at(1), last_step: 7, last_used_at: at(1) };
    tx.set_totp("s-ann", &totp, SECRET).await.unwrap();
    tx.offer_totp("s-ann", OFFERED, at(2)).await.unwrap();
    tx.add_issued_token(&token, ROOT_KEY).await.unwrap();
    tx.queue_mail(&"ann@example.invalid".parse().unwrap(), ("Subject", LETTER), at(3)).await.unwrap();
    tx.commit().await.unwrap();
}

/// That everything is as it was put in.
async fn opens(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.totp_secret(&someone()).await.unwrap().as_ref(), Some(SECRET));
    assert_eq!(tx.offered_totp("s-ann", at(0)).await.unwrap().as_ref(), Some(OFFERED));
    drop(tx);
    assert_eq!(store.issued_token("t-1").await.unwrap().unwrap().1, ROOT_KEY);
    let due = store.due_mails(at(3), 2).await.unwrap();
    assert_eq!(store.mail(due[0].id).await.unwrap().unwrap().body, LETTER);
}

async fn connected(home: &Home) -> AnyConnection {
    let address = match &home.database {
        Database::File(file) => format!("sqlite://{}", file.display()),
        Database::Postgres(url) => url.to_string(),
    };
    AnyConnection::connect(&address).await.unwrap()
}

/// Makes rows as an older version wrote them.
async fn as_before(home: &Home) {
    let mut raw = connected(home).await;
    for (column, secret) in [("totp", SECRET), ("totp_offers", OFFERED)] {
        let update = format!("UPDATE {column} SET secret = $1, sealed_by = NULL");
        let update = sqlx::query(sqlx::AssertSqlSafe(update)).bind(secret.as_slice());
        assert_eq!(update.execute(&mut raw).await.unwrap().rows_affected(), 1);
    }
    let update = sqlx::query("UPDATE issued_tokens SET root_key = $1, sealed_by = NULL").bind(ROOT_KEY);
    assert_eq!(update.execute(&mut raw).await.unwrap().rows_affected(), 1);
    let update = sqlx::query("UPDATE mails SET body = $1, sealed_by = NULL").bind(LETTER);
    assert_eq!(update.execute(&mut raw).await.unwrap().rows_affected(), 1);
    sqlx::query("DELETE FROM pepper").execute(&mut raw).await.unwrap();
    sqlx::query("DELETE FROM sealing_keys").execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
}

async fn what_one_key_sealed_the_next_one_opens(home: &Home) {
    let [one, two] = lines();
    let (store, sealed) = unlocked(home, &keys(&[&one])).await.unwrap();
    assert_eq!(sealed, Sealed::default());
    fill(&store).await;
    opens(&store).await;
    let pepper = store.pepper().await.unwrap().unwrap();
    // Without the key, with another, with both.
    let locked = Store::open(&home.database).await.unwrap();
    assert!(matches!(locked.issued_token("t-1").await, Err(StoreError::NoKeys)));
    assert!(matches!(locked.pepper().await, Err(StoreError::NoKeys)));
    let mut tx = locked.begin().await.unwrap();
    let mail = tx.queue_mail(&"ann@example.invalid".parse().unwrap(), ("Subject", LETTER), at(3)).await;
    assert!(matches!(mail, Err(StoreError::NoKeys)), "nothing waits unsealed");
    drop(tx);
    assert_eq!(locked.issued_tokens_of(&someone()).await.unwrap().len(), 1, "showing needs no key");
    assert!(locked.factors(&someone()).await.unwrap().totp.is_some());
    let error = unlocked(home, &keys(&[&two])).await.unwrap_err();
    let first = keys(&[&one]).sealing().to_owned();
    assert!(matches!(&error, StoreError::OtherKeys { missing } if *missing == [first.clone()]), "{error}");
    let (store, sealed) = unlocked(home, &keys(&[&two, &one])).await.unwrap();
    assert_eq!((sealed.plain, sealed.anew, sealed.unscrubbed), (0, 5, false));
    assert_eq!(store.pepper().await.unwrap().unwrap().secret, pepper.secret, "hashes of passwords go on");
    opens(&store).await;
    assert_eq!(
        store.keys_in_use().await.unwrap().into_iter().collect::<Vec<_>>(),
        [keys(&[&two]).sealing().to_owned()]
    );
    // The older one is needed no more.
    let (store, sealed) = unlocked(home, &keys(&[&two])).await.unwrap();
    assert_eq!(sealed, Sealed::default());
    opens(&store).await;
    assert!(matches!(unlocked(home, &keys(&[&one])).await, Err(StoreError::OtherKeys { .. })));
    // A new database notes its key although nothing is sealed yet.
    let mut raw = connected(home).await;
    for table in ["totp", "totp_offers", "issued_tokens", "pepper", "mails"] {
        let deletion = sqlx::AssertSqlSafe(format!("DELETE FROM {table}"));
        sqlx::query(deletion).execute(&mut raw).await.unwrap();
    }
    assert!(matches!(unlocked(home, &keys(&[&one])).await, Err(StoreError::OtherKeys { .. })));
}

async fn rows_from_before_are_sealed_at_the_start(home: &Home) {
    let [one, _] = lines();
    let with = keys(&[&one]);
    let (store, _) = unlocked(home, &with).await.unwrap();
    fill(&store).await;
    as_before(home).await;
    let plain = store.issued_token("t-1").await.unwrap_err();
    assert!(matches!(plain, StoreError::Inconsistent(_)), "what is plain is not believed: {plain}");
    let due = store.due_mails(at(3), 2).await.unwrap();
    assert_eq!(store.mail(due[0].id).await.unwrap().unwrap().body, LETTER, "a mail from before is sent");
    store.close().await;
    let (store, sealed) = unlocked(home, &with).await.unwrap();
    assert_eq!((sealed.plain, sealed.anew, sealed.unscrubbed), (4, 0, false));
    opens(&store).await;
}

async fn what_is_sealed_opens_in_its_own_row_alone(home: &Home) {
    let [one, _] = lines();
    let (store, _) = unlocked(home, &keys(&[&one])).await.unwrap();
    fill(&store).await;
    // Whoever can write to the database puts what is offered to them in another's place.
    let mut raw = connected(home).await;
    sqlx::query("UPDATE totp SET secret = (SELECT secret FROM totp_offers)").execute(&mut raw).await.unwrap();
    sqlx::query("UPDATE issued_tokens SET id = 't-2'").execute(&mut raw).await.unwrap();
    sqlx::query("UPDATE mails SET recipient = 'eve@example.invalid'").execute(&mut raw).await.unwrap();
    let due = store.due_mails(at(3), 2).await.unwrap();
    assert!(matches!(store.mail(due[0].id).await, Err(StoreError::Inconsistent(_))), "it is ann's alone");
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.totp_secret(&someone()).await, Err(StoreError::Inconsistent(_))));
    drop(tx);
    assert!(matches!(store.issued_token("t-2").await, Err(StoreError::Inconsistent(_))));
}

async fn what_a_lost_key_sealed_is_forgotten(home: &Home) {
    let [one, two] = lines();
    let (store, _) = unlocked(home, &keys(&[&one])).await.unwrap();
    fill(&store).await;
    let pepper = store.pepper().await.unwrap().unwrap();
    let name = base64::engine::general_purpose::STANDARD_NO_PAD.encode(pepper.id);
    let mut tx = store.begin().await.unwrap();
    let hash = format!("$argon2id$v=19$m=8,t=1,p=1,keyid={name}$c2FsdHNhbHQ$aGFzaGhhc2g");
    tx.set_password_hash(&someone(), Some(&hash), at(4)).await.unwrap();
    let nothing = tx.forget_sealed(&keys(&[&two, &one])).await.unwrap();
    assert_eq!(nothing, Forgotten::default());
    let forgotten = tx.forget_sealed(&keys(&[&two])).await.unwrap();
    assert_eq!(forgotten, Forgotten { apps: 1, tokens: 1, passwords: 1, mails: 1 });
    tx.commit().await.unwrap();
    let (store, _) = unlocked(home, &keys(&[&two])).await.unwrap();
    assert!(store.factors(&someone()).await.unwrap().is_empty());
    assert!(store.issued_token("t-1").await.unwrap().is_none());
    assert!(store.password_hash(&someone()).await.unwrap().is_none());
    assert_ne!(store.pepper().await.unwrap().unwrap().secret, pepper.secret, "there is a new one");
}

/// Whether a file, and what waits beside it to be written into it, has one of the secrets.
fn found(file: &std::path::Path) -> Vec<&'static str> {
    let beside = file.with_extension("db-wal");
    let bytes = [std::fs::read(file).unwrap(), std::fs::read(beside).unwrap_or_default()].concat();
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    let secrets = [
        ("app", &SECRET[..]),
        ("offer", &OFFERED[..]),
        ("token", ROOT_KEY.as_bytes()),
        ("mail", LETTER.as_bytes()),
    ];
    secrets.into_iter().filter(|(_, secret)| has(secret)).map(|(name, _)| name).collect()
}

#[tokio::test]
async fn a_copy_of_the_file_alone_has_no_secret() {
    let home = Home::sqlite();
    let Database::File(file) = &home.database else { unreachable!() };
    let with = keys(&[&Keys::new_line().unwrap()]);
    let (store, _) = unlocked(&home, &with).await.unwrap();
    fill(&store).await;
    assert!(found(file).is_empty());
    as_before(&home).await;
    store.close().await;
    assert_eq!(found(file), ["app", "offer", "token", "mail"], "this finds what there is");
    let (store, sealed) = unlocked(&home, &with).await.unwrap();
    assert!(sealed.plain == 4 && !sealed.unscrubbed);
    assert!(found(file).is_empty(), "also where the file is not in use: {:?}", found(file));
    store.close().await;
    assert!(found(file).is_empty());
}
