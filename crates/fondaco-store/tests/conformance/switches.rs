//! Switches: of a kind one for each issuer, and one for all.

use fondaco_model::{Switch, SwitchKind, Timestamp};

use crate::home::Home;

on_both! {
    each_issuer_has_its_own_and_all_have_one
}

fn switch(issuer: Option<&str>, reason: &str, second: i64) -> Switch {
    Switch {
        kind: SwitchKind::NoTrustedPublishing,
        issuer: issuer.map(str::to_owned),
        age: None,
        reason: reason.to_owned(),
        made_by: "operator:me".to_owned(),
        made_at: Timestamp::from_second(second).unwrap(),
        expires_at: None,
    }
}

async fn each_issuer_has_its_own_and_all_have_one(home: &Home) {
    let store = home.open().await;
    let one = switch(Some("https://ci.example"), "robbed", 1);
    let other = switch(Some("https://ci.example/"), "another, to the letter", 2);
    let all = switch(None, "all", 3);
    let mut tx = store.begin().await.unwrap();
    for switch in [&one, &other, &all] {
        tx.set_switch(switch).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(store.switches().await.unwrap(), [one.clone(), other.clone(), all.clone()]);
    let again = switch(Some("https://ci.example"), "still", 4);
    let mut tx = store.begin().await.unwrap();
    tx.set_switch(&again).await.unwrap();
    assert!(tx.lift_switch(SwitchKind::NoTrustedPublishing, None).await.unwrap());
    assert!(!tx.lift_switch(SwitchKind::NoTrustedPublishing, None).await.unwrap());
    assert!(!tx.lift_switch(SwitchKind::NoTrustedPublishing, Some("https://x.example")).await.unwrap());
    assert_eq!(tx.switches().await.unwrap(), [other.clone(), again.clone()]);
    tx.commit().await.unwrap();
    assert_eq!(store.switches().await.unwrap(), [other, again]);
}
