//! Which accounts are one person's, and appeals against acts and uploads.

use fondaco_model::{
    Against, Appeal, AppealDecided, AppealedUpload, Freeze, Observer, Scope, Timestamp, Token, TokenScope,
    Upload,
};
use fondaco_pydist::Sha256;

use crate::home::Home;

on_both! {
    tokens_of_one_holder_are_one_person
    appeals_are_against_an_act_or_an_upload
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn token(id: &str, holder: Option<&str>) -> Token {
    Token {
        id: id.into(),
        label: "ci".into(),
        digest: Sha256::of(id.as_bytes()),
        scope: TokenScope::Everything,
        teams: Vec::new(),
        manages: false,
        holder: holder.map(str::to_owned),
        made_by: "operator:o".into(),
        made_at: at(1),
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    }
}

async fn tokens_of_one_holder_are_one_person(home: &Home) {
    let store = home.open().await;
    let mut tx = store.begin().await.unwrap();
    for one in
        [token("a", Some("user:u-1")), token("b", Some("user:u-1")), token("c", None), token("d", None)]
    {
        tx.add_token(&one).await.unwrap();
    }
    for account in ["token:a", "token:b", "user:u-1"] {
        assert_eq!(tx.person_behind(account).await.unwrap().as_deref(), Some("user:u-1"), "{account}");
        let accounts = tx.accounts_of_person(account).await.unwrap();
        assert_eq!(accounts, ["token:a", "token:b", "user:u-1"], "{account}");
    }
    for account in ["token:c", "token:d", "token:none"] {
        assert_eq!(tx.person_behind(account).await.unwrap(), None, "{account}");
        assert_eq!(tx.accounts_of_person(account).await.unwrap(), [account]);
    }
    assert_eq!(tx.set_token_holder("c", "scanner inc.").await.unwrap(), Some(None));
    assert_eq!(tx.set_token_holder("a", "scanner inc.").await.unwrap(), Some(Some("user:u-1".into())));
    assert_eq!(tx.set_token_holder("none", "scanner inc.").await.unwrap(), None);
    // A name is no account of its own.
    assert_eq!(tx.accounts_of_person("token:c").await.unwrap(), ["token:a", "token:c"]);
    tx.commit().await.unwrap();
    assert_eq!(store.token(Sha256::of(b"c")).await.unwrap(), Some(token("c", Some("scanner inc."))));
}

async fn appeals_are_against_an_act_or_an_upload(home: &Home) {
    let store = home.open().await;
    let project = "ours".parse::<fondaco_pydist::ProjectName>().unwrap();
    let upload = Upload {
        id: "u1".into(),
        project: project.clone(),
        file_name: "ours-1.0.tar.gz".into(),
        version: "1.0".parse().unwrap(),
        sha256: Sha256::of(b"x"),
        taken: false,
        uploaded_by: "token:a ci".into(),
        uploaded_at: at(2),
        network: None,
    };
    let freeze = Freeze {
        id: "f1".into(),
        scope: Scope { project: project.clone(), release: None, file_name: None },
        reason: "odd".into(),
        made_by: "index".into(),
        made_at: at(2),
        lifted_at: None,
        frozen: Vec::new(),
    };
    let appeal = |id: &str, against: Against, second: i64| Appeal {
        id: id.into(),
        project: project.clone(),
        against,
        text: "it is a test".into(),
        made_by: Observer::of_actor("token:a ci"),
        made_at: at(second),
        decision: None,
    };
    let of_upload = Against::Upload(AppealedUpload {
        id: "u1".into(),
        file_name: "ours-1.0.tar.gz".into(),
        sha256: Sha256::of(b"x"),
    });
    let (first, second) = (appeal("a1", Against::Act("f1".into()), 3), appeal("a2", of_upload.clone(), 4));
    let mut tx = store.begin().await.unwrap();
    tx.add_upload(&upload).await.unwrap();
    tx.add_freeze(&freeze).await.unwrap();
    assert!(!tx.has_open_appeal(&of_upload).await.unwrap());
    for one in [&first, &second] {
        tx.add_appeal(one).await.unwrap();
        assert!(tx.has_open_appeal(&one.against).await.unwrap());
    }
    assert_eq!(tx.appeals_of_account("token:a", at(4)).await.unwrap(), (2, 1), "two are open, one is new");
    assert_eq!(tx.appeals_of_account("token:b", at(0)).await.unwrap(), (0, 0));
    tx.commit().await.unwrap();
    assert_eq!(store.appeals(Some(&project), true).await.unwrap(), [second.clone(), first.clone()]);
    assert_eq!(store.appeal("a1").await.unwrap(), Some(first));
    // One at a time, and another once it is decided.
    let third = appeal("a3", of_upload, 5);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.add_appeal(&third).await.is_err());
    drop(tx);
    let decided = AppealDecided { granted: false, note: "no".into(), by: "operator:o".into(), at: at(6) };
    let mut tx = store.begin().await.unwrap();
    assert!(
        tx.decide_appeal("a2", &decided).await.unwrap() && !tx.decide_appeal("a2", &decided).await.unwrap()
    );
    tx.add_appeal(&third).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.appeal_of_upload("u1").await.unwrap(), Some(third), "the newest");
    assert_eq!(store.appeal_of_upload("u2").await.unwrap(), None);
    assert_eq!(store.appeal("a2").await.unwrap().unwrap().decision, Some(decided));
}
