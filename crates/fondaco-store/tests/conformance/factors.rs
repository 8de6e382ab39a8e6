//! Second factors: what is used up is used up once.

use fondaco_model::{
    ChallengePurpose, FactorRecovery, PasskeyRecord, RecoveryEnd, Session, Timestamp, TotpRecord, User,
    UserId, UserState,
};
use fondaco_pydist::{ProjectName, Sha256};
use fondaco_store::Store;

use crate::home::Home;

on_both! {
    factors_come_and_go
    challenges_and_codes_are_used_once
    failures_are_counted_for_a_time
    recoveries_wait_and_end_once
    dependents_are_counted_by_the_last_upload
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn id(byte: u8) -> UserId {
    UserId::from_random([byte; 10])
}

async fn with_people(home: &Home) -> Store {
    let store = home.open().await;
    let mut tx = store.begin().await.unwrap();
    for (byte, name) in [(1, "ann"), (2, "bob")] {
        let user = User {
            id: id(byte),
            name: name.parse().unwrap(),
            display_name: String::new(),
            staff: None,
            state: UserState::Active,
            made_at: at(0),
        };
        tx.add_user(&user).await.unwrap();
        let session = Session {
            id: format!("s-{name}"),
            digest: Sha256::of(name.as_bytes()),
            user: user.id,
            made_at: at(0),
            last_seen_at: at(0),
            expires_at: at(9_999),
            reauthenticated_at: at(0),
            pending: false,
            factor_verified_at: None,
            address: String::new(),
            user_agent: String::new(),
            revoked_at: None,
        };
        tx.add_session(&session).await.unwrap();
    }
    tx.commit().await.unwrap();
    store
}

fn totp() -> TotpRecord {
    TotpRecord { user: id(1), made_at: at(1), last_step: 7, last_used_at: at(1) }
}

fn passkey(user: u8, name: &str) -> PasskeyRecord {
    PasskeyRecord {
        id: name.to_owned(),
        user: id(user),
        label: format!("key {name}"),
        public_key: vec![0, 1, 255],
        counter: u32::MAX,
        verifies: true,
        synced: false,
        made_at: at(2),
        last_used_at: None,
    }
}

async fn factors_come_and_go(home: &Home) {
    let store = with_people(home).await;
    assert!(store.factors(&id(1)).await.unwrap().is_empty());
    let mut tx = store.begin().await.unwrap();
    tx.offer_totp("s-ann", &[4; 20], at(1)).await.unwrap();
    tx.offer_totp("s-ann", &[5; 20], at(2)).await.unwrap();
    assert_eq!(tx.offered_totp("s-ann", at(3)).await.unwrap(), None, "too long ago");
    assert_eq!(tx.offered_totp("s-bob", at(0)).await.unwrap(), None, "another session");
    assert_eq!(tx.offered_totp("s-ann", at(2)).await.unwrap(), Some([5; 20]));
    tx.set_totp("s-ann", &totp(), &[5; 20]).await.unwrap();
    assert_eq!(tx.offered_totp("s-ann", at(0)).await.unwrap(), None, "confirmed");
    tx.set_totp("s-ann", &totp(), &[6; 20]).await.unwrap();
    assert_eq!(tx.totp_secret(&id(1)).await.unwrap(), Some([6; 20]));
    assert_eq!(tx.totp_secret(&id(2)).await.unwrap(), None);
    tx.use_totp_step(&id(1), 8, at(4)).await.unwrap();
    assert!(tx.add_passkey(&passkey(1, "a")).await.unwrap());
    assert!(tx.add_passkey(&passkey(1, "b")).await.unwrap());
    assert!(!tx.add_passkey(&passkey(2, "a")).await.unwrap(), "ids are nobody else's");
    tx.use_passkey("a", 3, at(5)).await.unwrap();
    assert_eq!(tx.passkey("a").await.unwrap().unwrap().user, id(1));
    tx.set_session_factor("s-ann", "totp", (at(6), at(0))).await.unwrap();
    tx.set_session_factor("s-ann", "passkey", (at(7), at(1))).await.unwrap();
    tx.carry_session_factor("s-ann", "s-bob").await.unwrap();
    tx.commit().await.unwrap();
    let factors = store.factors(&id(1)).await.unwrap();
    assert_eq!(factors.totp, Some(TotpRecord { last_step: 8, last_used_at: at(4), ..totp() }));
    let used = PasskeyRecord { counter: 3, last_used_at: Some(at(5)), ..passkey(1, "a") };
    assert_eq!(factors.passkeys, [used, passkey(1, "b")]);
    assert_eq!(store.session_factor("s-ann").await.unwrap().as_deref(), Some("passkey"));
    assert_eq!(store.session_factor("s-bob").await.unwrap().as_deref(), Some("passkey"));
    assert_eq!(store.session_factor("s-new").await.unwrap(), None);
    assert!(store.factors(&id(2)).await.unwrap().is_empty());
    let mut tx = store.begin().await.unwrap();
    assert!(!tx.remove_passkey(&id(2), "a").await.unwrap(), "another's");
    assert!(tx.remove_passkey(&id(1), "a").await.unwrap());
    assert!(tx.remove_totp(&id(1)).await.unwrap() && !tx.remove_totp(&id(1)).await.unwrap());
    assert_eq!(tx.factors(&id(1)).await.unwrap().passkeys, [passkey(1, "b")]);
    tx.remove_factors(&id(1)).await.unwrap();
    assert!(tx.factors(&id(1)).await.unwrap().is_empty());
    // What hangs on a session goes with it.
    tx.forget_sessions(at(10_000)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.session_factor("s-ann").await.unwrap(), None);
}

async fn challenges_and_codes_are_used_once(home: &Home) {
    let store = with_people(home).await;
    let mut tx = store.begin().await.unwrap();
    let asked = |challenge| (challenge, ChallengePurpose::Register);
    tx.add_challenge(asked("old"), "s-ann", (at(0), at(10))).await.unwrap();
    tx.add_challenge(asked("c"), "s-ann", (at(10), at(20))).await.unwrap();
    for (challenge, purpose, session, now) in [
        ("c", ChallengePurpose::Login, "s-ann", 11),
        ("c", ChallengePurpose::SecondStep, "s-ann", 11),
        ("c", ChallengePurpose::Register, "s-bob", 11),
        ("c", ChallengePurpose::Register, "", 11),
        ("c", ChallengePurpose::Register, "s-ann", 20),
        ("d", ChallengePurpose::Register, "s-ann", 11),
        ("old", ChallengePurpose::Register, "s-ann", 9),
    ] {
        let used = tx.use_challenge((challenge, purpose), session, at(now)).await.unwrap();
        assert!(!used, "{challenge} {purpose:?} {session} {now}");
    }
    assert!(tx.use_challenge(asked("c"), "s-ann", at(19)).await.unwrap());
    assert!(!tx.use_challenge(asked("c"), "s-ann", at(19)).await.unwrap(), "once");
    let codes = ["1".to_owned(), "2".to_owned()];
    tx.set_recovery_codes(&id(1), &codes, at(1)).await.unwrap();
    assert!(!tx.use_recovery_code(&id(2), "1", at(2)).await.unwrap(), "another's");
    assert!(tx.use_recovery_code(&id(1), "1", at(2)).await.unwrap());
    assert!(!tx.use_recovery_code(&id(1), "1", at(2)).await.unwrap(), "once");
    assert_eq!(tx.factors(&id(1)).await.unwrap().recovery_codes, 1);
    tx.set_recovery_codes(&id(1), &["3".to_owned()], at(3)).await.unwrap();
    assert!(!tx.use_recovery_code(&id(1), "2", at(4)).await.unwrap(), "those before are void");
    tx.commit().await.unwrap();
    let factors = store.factors(&id(1)).await.unwrap();
    assert!(factors.recovery_codes == 1 && factors.is_empty(), "codes alone are no factor");
}

async fn failures_are_counted_for_a_time(home: &Home) {
    let store = with_people(home).await;
    let mut tx = store.begin().await.unwrap();
    for seconds in [10, 30, 20] {
        tx.add_factor_failure(&id(1), at(seconds), at(0)).await.unwrap();
    }
    assert_eq!(tx.factor_failures(&id(1), at(15)).await.unwrap(), [at(30), at(20)]);
    assert!(tx.factor_failures(&id(2), at(0)).await.unwrap().is_empty());
    tx.add_factor_failure(&id(1), at(40), at(25)).await.unwrap();
    assert_eq!(tx.factor_failures(&id(1), at(0)).await.unwrap(), [at(40), at(30)]);
}

async fn recoveries_wait_and_end_once(home: &Home) {
    let store = with_people(home).await;
    let recovery = |user: u8, due: i64| FactorRecovery {
        id: format!("r{user}"),
        user: id(user),
        reason: "lost the phone".into(),
        made_by: "operator:root".into(),
        made_at: at(1),
        due_at: at(due),
        ended: None,
    };
    let mut tx = store.begin().await.unwrap();
    tx.add_recovery(&recovery(1, 20)).await.unwrap();
    tx.add_recovery(&recovery(2, 10)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.waiting_recoveries().await.unwrap(), [recovery(2, 10), recovery(1, 20)]);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.is_recovering(&id(2)).await.unwrap());
    assert!(tx.end_recovery(&id(2), RecoveryEnd::Sent, at(11)).await.unwrap());
    assert!(!tx.end_recovery(&id(2), RecoveryEnd::Cancelled, at(12)).await.unwrap(), "once");
    assert!(!tx.is_recovering(&id(2)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.waiting_recoveries().await.unwrap(), [recovery(1, 20)]);
}

async fn dependents_are_counted_by_the_last_upload(home: &Home) {
    let store = home.open().await;
    let name = |text: &str| text.parse::<ProjectName>().unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.set_requirements(&name("gone"), &[name("base")]).await.unwrap();
    tx.set_requirements(&name("base"), &[name("base"), name("other")]).await.unwrap();
    tx.set_requirements(&name("base"), &[name("base")]).await.unwrap();
    tx.commit().await.unwrap();
    // Of a project without files nothing depends; itself it does not count.
    assert_eq!(store.own_dependents(&name("base")).await.unwrap(), 0);
    assert_eq!(store.own_dependents(&name("other")).await.unwrap(), 0);
}
