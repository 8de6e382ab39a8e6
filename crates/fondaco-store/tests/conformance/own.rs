//! Own projects, uploads, tokens and quarantines.

use fondaco_model::{
    OwnFile, OwnProject, OwnRelease, Quarantine, Scope, Timestamp, Token, TokenScope, Upload,
};
use fondaco_pydist::{FileType, ProjectName, ProjectStatus, Sha256};
use fondaco_store::{Store, StoreError, Wanted};

use crate::home::Home;

on_both! {
    a_file_takes_its_place_for_ever
    yanks_of_a_release_and_of_a_file
    names_are_claimed_and_lifted
    tokens_and_uploads
    who_has_uploaded_before
    quarantines_are_in_force_until_lifted
    names_are_sorted_by_their_bytes
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn ours() -> ProjectName {
    "ours".parse().unwrap()
}

fn project() -> OwnProject {
    OwnProject {
        project: ours(),
        display_name: "Ours".into(),
        made_by: "token:1 ci".into(),
        made_at: at(1),
        status: ProjectStatus::Active,
        status_reason: String::new(),
        lifted_at: None,
    }
}

fn file(name: &str, kind: FileType) -> OwnFile {
    OwnFile {
        project: ours(),
        file_name: name.into(),
        release: "1".into(),
        version: "1.0".parse().unwrap(),
        kind,
        sha256: Sha256::of(name.as_bytes()),
        md5: "m".into(),
        blake2_256: format!("blake of {name}"),
        size: 10,
        requires_python: Some(">=3.9".into()),
        metadata: Sha256::of(b"metadata"),
        upload: "u1".into(),
        uploaded_by: "token:1 ci".into(),
        uploaded_at: at(2),
        yanked: None,
        deleted_at: None,
        deleted_by_owner: false,
    }
}

fn release() -> OwnRelease {
    OwnRelease { release: "1".into(), version: "1.0".parse().unwrap(), made_at: at(2), yanked: None }
}

async fn site(store: &Store, file_name: &str, blake2_256: &str) -> fondaco_model::UploadSite {
    store.upload_site(Wanted { project: &ours(), release: "1", file_name, blake2_256 }).await.unwrap()
}

async fn a_file_takes_its_place_for_ever(home: &Home) {
    let store = home.open().await;
    let empty = site(&store, "ours-1.0.tar.gz", "b").await;
    assert!(empty.project.is_none() && empty.release.is_none() && empty.same_name.is_none());
    let sdist = file("ours-1.0.tar.gz", FileType::Sdist);
    let mut tx = store.begin().await.unwrap();
    tx.set_own_project(&project()).await.unwrap();
    tx.add_own_release(&ours(), &release()).await.unwrap();
    tx.add_own_release(&ours(), &OwnRelease { made_at: at(9), ..release() }).await.unwrap();
    tx.add_own_file(&sdist).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.own_files(&ours()).await.unwrap(), std::slice::from_ref(&sdist));
    assert_eq!(store.own_releases(&ours()).await.unwrap(), [release()], "the first upload makes a release");
    let taken = site(&store, "OURS-1.0.tar.gz", "another").await;
    assert_eq!(taken.same_name, Some(sdist.clone()), "in any case of its letters");
    assert_eq!((taken.has_sdist, taken.project_size, taken.same_content), (true, 10, None));
    assert_eq!(site(&store, "x", "blake of ours-1.0.tar.gz").await.same_content, Some(sdist.clone()));
    // The database itself refuses what a race would bring.
    for second in ["ours-1.0.0.tar.gz", "Ours-1.0.tar.gz"] {
        let mut tx = store.begin().await.unwrap();
        let kind = if second.starts_with('O') { FileType::Wheel } else { FileType::Sdist };
        let refused = tx.add_own_file(&file(second, kind)).await;
        assert!(matches!(refused, Err(StoreError::Sql(_))), "{second}");
    }
    let mut tx = store.begin().await.unwrap();
    tx.set_deleted(&sdist, Some(at(5)), true).await.unwrap();
    tx.commit().await.unwrap();
    let after = site(&store, "ours-1.0.tar.gz", "blake of ours-1.0.tar.gz").await;
    assert_eq!(after.same_name.unwrap().deleted_at, Some(at(5)), "its name stays");
    assert!(after.same_content.is_none(), "its content may come again, under another name");
}

async fn yanks_of_a_release_and_of_a_file(home: &Home) {
    let store = home.open().await;
    let wheel = file("ours-1.0-py3-none-any.whl", FileType::Wheel);
    let mut tx = store.begin().await.unwrap();
    tx.add_own_release(&ours(), &release()).await.unwrap();
    tx.add_own_file(&wheel).await.unwrap();
    let of = |release: Option<&str>, file: Option<&str>| Scope {
        project: ours(),
        release: release.map(str::to_owned),
        file_name: file.map(str::to_owned),
    };
    assert!(tx.set_yanked(&of(Some("1"), None), Some("bad")).await.unwrap());
    assert!(!tx.set_yanked(&of(Some("2"), None), Some("bad")).await.unwrap());
    assert!(tx.set_yanked(&of(Some("1"), Some(&wheel.file_name)), Some("")).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.own_releases(&ours()).await.unwrap()[0].yanked.as_deref(), Some("bad"));
    assert_eq!(store.own_files(&ours()).await.unwrap()[0].yanked.as_deref(), Some(""));
}

async fn names_are_claimed_and_lifted(home: &Home) {
    let store = home.open().await;
    let mut tx = store.begin().await.unwrap();
    tx.claim(&ours(), "operator:o", "ours", at(1)).await.unwrap();
    tx.set_own_project(&project()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(site(&store, "x", "x").await.claimed);
    assert_eq!(store.own_project(&ours()).await.unwrap(), Some(project()));
    let mut tx = store.begin().await.unwrap();
    tx.lift_own_name(&ours(), at(3)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.own_project(&ours()).await.unwrap(), None);
    assert!(store.own_projects().await.unwrap().is_empty());
    assert!(!site(&store, "x", "x").await.claimed, "a claim ends with the name");
    let mut tx = store.begin().await.unwrap();
    tx.set_own_project(&OwnProject { display_name: "OURS".into(), ..project() }).await.unwrap();
    tx.set_own_status(&ours(), ProjectStatus::Archived, "done").await.unwrap();
    tx.commit().await.unwrap();
    let again = store.own_project(&ours()).await.unwrap().unwrap();
    assert_eq!((again.display_name.as_str(), again.status), ("OURS", ProjectStatus::Archived));
}

async fn tokens_and_uploads(home: &Home) {
    let store = home.open().await;
    let named = TokenScope::Named {
        projects: vec!["one".parse().unwrap(), "two".parse().unwrap()],
        namespaces: vec!["acme".parse().unwrap()],
    };
    let token = |id: &str, scope| Token {
        id: id.into(),
        label: "ci".into(),
        digest: Sha256::of(id.as_bytes()),
        scope,
        teams: Vec::new(),
        manages: false,
        holder: None,
        made_by: "operator:o".into(),
        made_at: at(1),
        expires_at: Some(at(100)),
        last_used_at: None,
        revoked_at: None,
    };
    let (first, second) = (token("a", named), token("b", TokenScope::Everything));
    let upload = Upload {
        id: "u1".into(),
        project: ours(),
        file_name: "ours-1.0.tar.gz".into(),
        version: "1.0".parse().unwrap(),
        sha256: Sha256::of(b"x"),
        taken: false,
        uploaded_by: first.actor(),
        uploaded_at: at(2),
        network: Some("192.0.2.0/24".into()),
    };
    let mut tx = store.begin().await.unwrap();
    tx.add_token(&first).await.unwrap();
    tx.add_token(&second).await.unwrap();
    tx.add_upload(&upload).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.tokens().await.unwrap(), [first.clone(), second]);
    assert_eq!(store.token(Sha256::of(b"a")).await.unwrap(), Some(first));
    assert_eq!(store.token(Sha256::of(b"c")).await.unwrap(), None);
    assert_eq!(store.upload("u1").await.unwrap(), Some(upload.clone()));
    assert_eq!(store.uploads_of(Sha256::of(b"x")).await.unwrap(), [upload]);
    let mut tx = store.begin().await.unwrap();
    tx.touch_token("a", at(5)).await.unwrap();
    assert!(tx.revoke_token("a", at(6)).await.unwrap());
    assert!(!tx.revoke_token("a", at(7)).await.unwrap());
    tx.commit().await.unwrap();
    let token = store.token(Sha256::of(b"a")).await.unwrap().unwrap();
    assert_eq!((token.last_used_at, token.revoked_at), (Some(at(5)), Some(at(6))));
    assert!(!token.is_in_force(at(8)));
}

async fn quarantines_are_in_force_until_lifted(home: &Home) {
    let store = home.open().await;
    let scope = |release: Option<&str>| Scope {
        project: ours(),
        release: release.map(str::to_owned),
        file_name: None,
    };
    let quarantine = |scope: Scope, reason: &str| Quarantine {
        scope,
        reason: reason.into(),
        made_by: "operator:o".into(),
        made_at: at(1),
    };
    let mut tx = store.begin().await.unwrap();
    tx.set_quarantine(&quarantine(scope(None), "all")).await.unwrap();
    tx.set_quarantine(&quarantine(scope(Some("1")), "odd")).await.unwrap();
    tx.set_quarantine(&quarantine(scope(Some("1")), "odder")).await.unwrap();
    tx.commit().await.unwrap();
    let all = [quarantine(scope(None), "all"), quarantine(scope(Some("1")), "odder")];
    assert_eq!(store.quarantines_of(&ours()).await.unwrap(), all);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.lift_quarantine(&scope(None)).await.unwrap());
    assert!(!tx.lift_quarantine(&scope(None)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.quarantines().await.unwrap(), all[1..]);
}

async fn names_are_sorted_by_their_bytes(home: &Home) {
    let store = home.open().await;
    let of = |file_name: &str| Quarantine {
        scope: Scope { project: ours(), release: Some("1".into()), file_name: Some(file_name.into()) },
        reason: String::new(),
        made_by: "operator:o".into(),
        made_at: at(1),
    };
    let mut tx = store.begin().await.unwrap();
    for name in ["a", "B", "b", "A"] {
        tx.set_quarantine(&of(name)).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(store.quarantines().await.unwrap(), ["A", "B", "a", "b"].map(of));
}

async fn who_has_uploaded_before(home: &Home) {
    use fondaco_model::{PastUploads, UploadFact, UploadFactKind};
    let store = home.open().await;
    let upload = |id: &str, network: Option<&str>| Upload {
        id: id.into(),
        project: ours(),
        file_name: format!("{id}.whl"),
        version: "1.0".parse().unwrap(),
        sha256: Sha256::of(id.as_bytes()),
        taken: true,
        uploaded_by: "user:a ann".into(),
        uploaded_at: at(3),
        network: network.map(Into::into),
    };
    let own = |name: &str, release: &str, upload: &str, seconds: i64| OwnFile {
        release: release.into(),
        upload: upload.into(),
        uploaded_by: "user:a ann".into(),
        uploaded_at: at(seconds),
        ..file(name, FileType::Wheel)
    };
    let fact = |kind, detail: &str| UploadFact { kind, detail: detail.into() };
    // Told in any order, read in that of the kinds.
    let facts = [
        fact(UploadFactKind::LongSilence, "nothing was uploaded for 400 days"),
        fact(UploadFactKind::UploaderNew, "never \"before\"; ä"),
    ];
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.past_uploads(&ours(), "1").await.unwrap(), []);
    tx.set_own_project(&project()).await.unwrap();
    // One from before networks were kept, two from one network, of which the later counts.
    for (name, release, id, seconds) in
        [("a.whl", "1", "gone", 2), ("b.whl", "2", "u1", 3), ("c.whl", "2", "u2", 5), ("d.whl", "1", "u3", 4)]
    {
        tx.add_own_file(&own(name, release, id, seconds)).await.unwrap();
    }
    for (id, network) in [("u1", Some("192.0.2.0/24")), ("u2", Some("192.0.2.0/24")), ("u3", None)] {
        tx.add_upload(&upload(id, network)).await.unwrap();
    }
    tx.add_upload_facts("u2", &facts).await.unwrap();
    let past = tx.past_uploads(&ours(), "1").await.unwrap();
    let of = |network: Option<&str>, same_release, last| PastUploads {
        by: "user:a ann".into(),
        network: network.map(Into::into),
        same_release,
        last: at(last),
    };
    assert_eq!(past.len(), 2);
    assert!(
        past.contains(&of(None, true, 4)) && past.contains(&of(Some("192.0.2.0/24"), false, 5)),
        "{past:?}"
    );
    assert_eq!(tx.past_uploads(&"other".parse().unwrap(), "1").await.unwrap(), []);
    tx.commit().await.unwrap();
    let [silence, new] = facts;
    assert_eq!(store.upload_facts("u2").await.unwrap(), [new, silence]);
    assert_eq!(store.upload_facts("u1").await.unwrap(), []);
    let uploads = store.uploads_to(&ours(), 2).await.unwrap();
    assert_eq!(uploads.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["u1", "u2"]);
}
