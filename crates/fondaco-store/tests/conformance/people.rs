//! People, their addresses, sessions, links and mails.

use fondaco_model::{
    Email, LinkPurpose, OneTimeLink, Session, StaffRole, Timestamp, User, UserId, UserState,
};
use fondaco_pydist::Sha256;

use crate::home::Home;

on_both! {
    names_are_one_in_any_case
    an_address_is_one_persons_who_has_verified_it
    sessions_and_links_end
    who_never_verified_is_forgotten
    mails_wait_and_are_taken_once
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn user(number: u8, name: &str) -> User {
    User {
        id: UserId::from_random([number; 10]),
        name: name.parse().unwrap(),
        display_name: "Ĵane".into(),
        staff: None,
        state: UserState::Active,
        made_at: at(10),
    }
}

fn email(address: &str, verified: bool) -> Email {
    let verified_at = verified.then(|| at(11));
    Email { address: address.parse().unwrap(), primary: true, added_at: at(10), verified_at }
}

async fn names_are_one_in_any_case(home: &Home) {
    let store = home.open().await;
    let jane = user(1, "Jane");
    let mut tx = store.begin().await.unwrap();
    tx.add_user(&jane).await.unwrap();
    tx.set_password_hash(&jane.id, Some("one"), at(10)).await.unwrap();
    tx.set_password_hash(&jane.id, Some("two"), at(11)).await.unwrap();
    tx.set_user(&User { staff: Some(StaffRole::Reviewer), ..jane.clone() }).await.unwrap();
    assert_eq!(tx.staff().await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    let found = store.user_by_name(&"jANE".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.staff), ("Jane", Some(StaffRole::Reviewer)));
    assert_eq!(store.password_hash(&jane.id).await.unwrap().as_deref(), Some("two"));
    let mut tx = store.begin().await.unwrap();
    assert!(tx.add_user(&user(2, "JANE")).await.is_err());
    drop(tx);
    assert_eq!(store.users().await.unwrap().len(), 1);
}

async fn an_address_is_one_persons_who_has_verified_it(home: &Home) {
    let store = home.open().await;
    let (jane, john) = (user(1, "jane"), user(2, "john"));
    let address = "shared@example.invalid";
    let mut tx = store.begin().await.unwrap();
    for person in [&jane, &john] {
        tx.add_user(person).await.unwrap();
        assert!(tx.add_email(&person.id, &email(address, false)).await.unwrap());
    }
    assert!(!tx.add_email(&jane.id, &email("SHARED@example.invalid", false)).await.unwrap(), "she has it");
    assert_eq!(tx.user_by_email(address).await.unwrap(), None);
    assert!(tx.verify_email(&jane.id, &address.parse().unwrap(), at(12)).await.unwrap());
    assert_eq!(tx.user_by_email(address).await.unwrap().unwrap().id, jane.id);
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(tx.verify_email(&john.id, &address.parse().unwrap(), at(13)).await.is_err(), "not both");
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    let other = Email { primary: false, ..email("other@example.invalid", true) };
    tx.add_email(&jane.id, &other).await.unwrap();
    tx.set_primary_email(&jane.id, &other.address).await.unwrap();
    tx.remove_email(&jane.id, &address.parse().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    let left = store.emails(&jane.id).await.unwrap();
    assert_eq!(left, [Email { primary: true, ..other }]);
}

async fn sessions_and_links_end(home: &Home) {
    let store = home.open().await;
    let jane = user(1, "jane");
    let session = |name: &str| Session {
        id: name.to_owned(),
        digest: Sha256::of(name.as_bytes()),
        user: jane.id.clone(),
        made_at: at(10),
        last_seen_at: at(10),
        expires_at: at(1000),
        reauthenticated_at: at(10),
        pending: name == "two",
        factor_verified_at: (name == "one").then(|| at(10)),
        address: "192.0.2.1".into(),
        user_agent: "a".into(),
        revoked_at: None,
    };
    let link = |secret: &str| OneTimeLink {
        digest: Sha256::of(secret.as_bytes()),
        purpose: LinkPurpose::ResetPassword,
        user: jane.id.clone(),
        subject: "jane@example.invalid".into(),
        made_at: at(10),
        expires_at: at(100),
        used_at: None,
    };
    let mut tx = store.begin().await.unwrap();
    tx.add_user(&jane).await.unwrap();
    for name in ["one", "two", "three"] {
        tx.add_session(&session(name)).await.unwrap();
    }
    tx.add_link(&link("first")).await.unwrap();
    tx.add_link(&link("second")).await.unwrap();
    tx.commit().await.unwrap();
    let (found, whose) = store.session(Sha256::of(b"two")).await.unwrap().unwrap();
    assert_eq!((found, whose), (session("two"), jane.clone()));
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.revoke_sessions(&jane.id, Some("one"), at(20)).await.unwrap(), 2);
    assert!(!tx.revoke_session(&jane.id, "two", at(21)).await.unwrap(), "it has ended");
    assert!(!tx.revoke_session(&UserId::from_random([9; 10]), "one", at(21)).await.unwrap(), "not theirs");
    tx.touch_session("one", at(22)).await.unwrap();
    let digest = |secret: &str| Sha256::of(secret.as_bytes());
    let reset = LinkPurpose::ResetPassword;
    assert_eq!(tx.use_link(reset, digest("first"), at(30)).await.unwrap(), None, "void by the second");
    assert_eq!(tx.use_link(LinkPurpose::VerifyEmail, digest("second"), at(30)).await.unwrap(), None);
    assert_eq!(tx.use_link(reset, digest("second"), at(100)).await.unwrap(), None, "too late");
    assert!(tx.use_link(reset, digest("second"), at(99)).await.unwrap().is_some());
    assert_eq!(tx.use_link(reset, digest("second"), at(99)).await.unwrap(), None, "once");
    assert_eq!(tx.count_links(&jane.id, reset, at(9)).await.unwrap(), 2);
    tx.commit().await.unwrap();
    let sessions = store.sessions(&jane.id).await.unwrap();
    let alive: Vec<&str> =
        sessions.iter().filter(|one| one.revoked_at.is_none()).map(|one| one.id.as_str()).collect();
    assert_eq!(alive, ["one"]);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.forget_sessions(at(1001)).await.unwrap(), 3);
    assert_eq!(tx.forget_links(at(100)).await.unwrap(), 0);
    assert_eq!(tx.forget_links(at(101)).await.unwrap(), 2);
    tx.commit().await.unwrap();
}

async fn who_never_verified_is_forgotten(home: &Home) {
    let store = home.open().await;
    let mut tx = store.begin().await.unwrap();
    for (number, name, verified) in [(1, "verified", true), (2, "late", false), (3, "staff", false)] {
        let staff = (name == "staff").then_some(StaffRole::Admin);
        let person = User { staff, ..user(number, name) };
        tx.add_user(&person).await.unwrap();
        tx.set_password_hash(&person.id, Some("h"), at(10)).await.unwrap();
        tx.add_email(&person.id, &email(&format!("{name}@example.invalid"), verified)).await.unwrap();
    }
    assert_eq!(tx.forget_unverified(at(10)).await.unwrap(), 0);
    assert_eq!(tx.forget_unverified(at(11)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let names: Vec<String> = store.users().await.unwrap().iter().map(|one| one.name.to_string()).collect();
    assert_eq!(names, ["staff", "verified"]);
}

async fn mails_wait_and_are_taken_once(home: &Home) {
    let store = home.open().await;
    let mut tx = store.begin().await.unwrap();
    tx.queue_mail(&"jane@example.invalid".parse().unwrap(), ("Subject", "Body\n"), at(10)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.due_mails(at(9), 5).await.unwrap().is_empty());
    let mail = store.due_mails(at(10), 5).await.unwrap().remove(0);
    let says = store.mail(mail.id).await.unwrap().unwrap();
    assert_eq!((says.subject.as_str(), says.body.as_str(), mail.attempts), ("Subject", "Body\n", 0));
    let mut tx = store.begin().await.unwrap();
    assert!(tx.take_mail(&mail, at(50)).await.unwrap());
    assert!(!tx.take_mail(&mail, at(50)).await.unwrap(), "another server has it");
    tx.retry_mail(mail.id, at(20)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.due_mails(at(20), 5).await.unwrap()[0].attempts, 1);
    let mut tx = store.begin().await.unwrap();
    tx.finish_mail(mail.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.waiting_mails().await.unwrap(), 0);
    assert!(store.mail(mail.id).await.unwrap().is_none());
}
