//! What is pulled through: pages, files, evidence, rulings, jobs.

use fondaco_model::{
    Evidence, FileKey, FileRecord, JobKind, JournalEntry, JournalKind, Ruling, Timestamp, Upload,
    UpstreamName,
};
use fondaco_pydist::Sha256;
use fondaco_store::{StoreError, Stored, StoredPage};
use fondaco_verdict::{Decision, Verdict};

use crate::home::Home;

on_both! {
    a_transaction_is_all_or_nothing
    the_first_sight_pins
    thousands_of_files_at_once
    the_newest_evidence_counts_and_rulings_are_kept
    pages_jobs_and_the_journal
    what_is_noted_of_a_file
    jobs_are_done_or_tried_again
    pages_are_touched_and_expire
    what_is_stored_as_bytes_is_told
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn key(file_name: &str) -> FileKey {
    FileKey {
        upstream: UpstreamName::default_upstream(),
        project: "x".parse().unwrap(),
        file_name: file_name.to_owned(),
    }
}

fn record(file_name: &str, sha256: Option<Sha256>) -> FileRecord {
    FileRecord {
        key: key(file_name),
        release: "1".into(),
        sha256,
        verified: sha256.is_some(),
        conflict: None,
        size: Some(3),
        uploaded_at: at(1),
        first_seen: at(2),
        fetched_at: None,
        served_metadata: None,
    }
}

fn evidence(engine: &str, verdict: Verdict, inspected_at: Timestamp) -> Evidence {
    Evidence {
        sha256: Sha256::of(b"a"),
        file_name: "x-1.tar.gz".into(),
        engine: engine.into(),
        verdict,
        titles: vec!["One".into(), "Two".into()],
        metadata: None,
        lost: false,
        attempt: 1,
        inspected_at,
        report: "{}".into(),
    }
}

async fn a_transaction_is_all_or_nothing(home: &Home) {
    let store = home.open().await;
    let mut tx = store.begin().await.unwrap();
    tx.add_files(&[record("x-1.tar.gz", None)]).await.unwrap();
    tx.journal(&JournalEntry::new(at(1), JournalKind::PageChanged, "d").of_file(&key("x-1.tar.gz"), None))
        .await
        .unwrap();
    drop(tx);
    assert!(store.file(&key("x-1.tar.gz")).await.unwrap().is_none());
    assert_eq!(store.last_serial().await.unwrap(), 0);
}

async fn the_first_sight_pins(home: &Home) {
    let store = home.open().await;
    let (first, second) = (Sha256::of(b"a"), Sha256::of(b"b"));
    let mut tx = store.begin().await.unwrap();
    tx.add_files(&[record("x-1.tar.gz", Some(first)), record("x-2.tar.gz", None)]).await.unwrap();
    tx.add_files(&[record("x-1.tar.gz", Some(second))]).await.unwrap();
    let refused = tx.set_fetched(&key("x-1.tar.gz"), second, 1, at(3)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Inconsistent(_)));
    tx.set_fetched(&key("x-2.tar.gz"), second, 1, at(3)).await.unwrap();
    tx.set_conflict(&key("x-1.tar.gz"), Some(second)).await.unwrap();
    tx.commit().await.unwrap();
    let file = store.file(&key("x-1.tar.gz")).await.unwrap().unwrap();
    assert_eq!((file.sha256, file.conflict), (Some(first), Some(second)));
    assert_eq!(store.files_with(second).await.unwrap().len(), 2);
}

async fn thousands_of_files_at_once(home: &Home) {
    let store = home.open().await;
    let files: Vec<_> = (0..4321).map(|n| record(&format!("x-{n}.tar.gz"), Some(Sha256::of(b"a")))).collect();
    let mut tx = store.begin().await.unwrap();
    tx.add_files(&files).await.unwrap();
    tx.commit().await.unwrap();
    let upstream = UpstreamName::default_upstream();
    assert_eq!(store.files(&upstream, &"x".parse().unwrap()).await.unwrap().len(), 4321);
}

async fn the_newest_evidence_counts_and_rulings_are_kept(home: &Home) {
    let store = home.open().await;
    let mut tx = store.begin().await.unwrap();
    tx.add_files(&[record("x-1.tar.gz", Some(Sha256::of(b"a")))]).await.unwrap();
    tx.set_evidence(&evidence("old", Verdict::Clean, at(1))).await.unwrap();
    tx.set_evidence(&evidence("new", Verdict::Malicious, at(2))).await.unwrap();
    let ruling = Ruling {
        id: 0,
        sha256: Sha256::of(b"a"),
        decision: Decision::Allow,
        reason: "known".into(),
        made_by: "operator:me".into(),
        made_at: at(3),
        expires_at: Some(at(9)),
        withdrawn_at: None,
    };
    let id = tx.add_ruling(&ruling).await.unwrap();
    tx.commit().await.unwrap();
    let (upstream, project) = (UpstreamName::default_upstream(), "x".parse().unwrap());
    let found = store.evidence_of_project(&upstream, &project).await.unwrap();
    assert_eq!(found.iter().map(|e| e.verdict).collect::<Vec<_>>(), [Verdict::Malicious]);
    assert_eq!(found[0].titles, ["One", "Two"]);
    assert_eq!(store.rulings_of_project(&upstream, &project).await.unwrap(), [Ruling { id, ..ruling }]);
    let mut tx = store.begin().await.unwrap();
    tx.withdraw_ruling(id, at(4)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.ruling(id).await.unwrap().unwrap().withdrawn_at, Some(at(4)));
}

async fn pages_jobs_and_the_journal(home: &Home) {
    let store = home.open().await;
    let (upstream, project) = (UpstreamName::default_upstream(), "x".parse().unwrap());
    let page = StoredPage {
        etag: Some("\"e\"".into()),
        listing: Some(b"{}".to_vec()),
        status: fondaco_pydist::ProjectStatus::Active,
        checked_at: at(1),
        changed_at: at(1),
    };
    let mut tx = store.begin().await.unwrap();
    tx.set_page(&upstream, &project, &page).await.unwrap();
    let entry = JournalEntry::new(at(1), JournalKind::PageChanged, "1 file").of_project(&project);
    assert_eq!(tx.journal(&entry).await.unwrap(), 1);
    let job = JobKind::Inspect(key("x-1.tar.gz"));
    tx.queue(&job, at(5)).await.unwrap();
    tx.queue(&job, at(6)).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    let store = home.open().await;
    assert_eq!(store.page(&upstream, &project).await.unwrap(), Some(page));
    assert_eq!(store.pulled_projects().await.unwrap(), [(project.clone(), 1)]);
    assert_eq!(store.project_serial(&project).await.unwrap(), 1);
    assert_eq!(store.journal_since(0, 10).await.unwrap()[0].detail, "1 file");
    assert!(store.due_jobs(at(4), 10).await.unwrap().is_empty());
    let due = store.due_jobs(at(5), 10).await.unwrap();
    assert_eq!(due.iter().map(|due| &due.kind).collect::<Vec<_>>(), [&job]);
}

async fn what_is_noted_of_a_file(home: &Home) {
    let store = home.open().await;
    let (first, second) = (Sha256::of(b"a"), Sha256::of(b"b"));
    let file = key("x-1.tar.gz");
    let mut tx = store.begin().await.unwrap();
    tx.add_files(&[record("x-1.tar.gz", None), record("x-2.tar.gz", Some(second))]).await.unwrap();
    tx.set_size(&file, 7).await.unwrap();
    tx.set_pin(&file, first).await.unwrap();
    tx.set_pin(&file, second).await.unwrap();
    tx.set_served_metadata(&file, first).await.unwrap();
    tx.set_served_metadata(&file, second).await.unwrap();
    tx.commit().await.unwrap();
    let expected = FileRecord {
        size: Some(7),
        sha256: Some(first),
        verified: true,
        served_metadata: Some(first),
        ..record("x-1.tar.gz", None)
    };
    let project = "x".parse().unwrap();
    let mut of_release = store.files_of_release(&project, "1").await.unwrap();
    of_release.sort_by(|a, b| a.key.file_name.cmp(&b.key.file_name));
    assert_eq!(of_release, [expected, record("x-2.tar.gz", Some(second))]);
    assert_eq!(store.files_of_project(&project).await.unwrap().len(), 2);
    assert!(store.files_of_release(&project, "2").await.unwrap().is_empty());
}

async fn jobs_are_done_or_tried_again(home: &Home) {
    let store = home.open().await;
    let mut tx = store.begin().await.unwrap();
    for name in ["one", "two"] {
        tx.queue(&JobKind::Inspect(key(name)), at(1)).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(store.waiting_jobs().await.unwrap(), 2);
    let due = store.due_jobs(at(1), 1).await.unwrap();
    assert_eq!((due.len(), due[0].attempts, due[0].run_at), (1, 0, at(1)));
    let all = store.due_jobs(at(1), 9).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.finish_job(all[0].id).await.unwrap();
    tx.retry_job(all[1].id, at(8)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.due_jobs(at(7), 9).await.unwrap().is_empty());
    let again = store.due_jobs(at(8), 9).await.unwrap();
    assert_eq!((again.len(), again[0].attempts, &again[0].kind), (1, 1, &all[1].kind));
}

async fn pages_are_touched_and_expire(home: &Home) {
    let store = home.open().await;
    let (upstream, project) = (UpstreamName::default_upstream(), "x".parse().unwrap());
    let page = StoredPage {
        etag: Some("one".into()),
        listing: None,
        status: fondaco_pydist::ProjectStatus::Active,
        checked_at: at(1),
        changed_at: at(1),
    };
    assert_eq!(store.page(&upstream, &project).await.unwrap(), None);
    let mut tx = store.begin().await.unwrap();
    tx.set_page(&upstream, &project, &page).await.unwrap();
    let touched = StoredPage { etag: None, checked_at: at(2), ..page.clone() };
    tx.touch_page(&upstream, &project, &touched).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.page(&upstream, &project).await.unwrap(), Some(touched));
    assert!(store.pulled_projects().await.unwrap().is_empty(), "upstream has no such project");
    let there = StoredPage { listing: Some(vec![0, 255, 1]), ..page };
    let mut tx = store.begin().await.unwrap();
    tx.set_page(&upstream, &project, &there).await.unwrap();
    tx.expire_pages(&upstream).await.unwrap();
    tx.commit().await.unwrap();
    let expired = StoredPage { etag: None, checked_at: at(0), ..there };
    assert_eq!(store.page(&upstream, &project).await.unwrap(), Some(expired));
}

async fn what_is_stored_as_bytes_is_told(home: &Home) {
    let store = home.open().await;
    let (digest, metadata) = (Sha256::of(b"a"), Sha256::of(b"metadata"));
    let blocked = Upload {
        id: "u1".into(),
        project: "y".parse().unwrap(),
        file_name: "y-1.tar.gz".into(),
        version: "1".parse().unwrap(),
        sha256: Sha256::of(b"blocked"),
        taken: false,
        uploaded_by: "token:1 ci".into(),
        uploaded_at: at(2),
        network: None,
    };
    let mut tx = store.begin().await.unwrap();
    tx.add_files(&[record("x-1.tar.gz", Some(digest)), record("x-2.tar.gz", Some(digest))]).await.unwrap();
    tx.set_fetched(&key("x-1.tar.gz"), digest, 7, at(3)).await.unwrap();
    tx.set_served_metadata(&key("x-2.tar.gz"), metadata).await.unwrap();
    tx.add_upload(&blocked).await.unwrap();
    tx.add_upload(&Upload { id: "u2".into(), taken: true, ..blocked.clone() }).await.unwrap();
    tx.commit().await.unwrap();
    let stored = |project: &str, file_name: &str, sha256, size, own| Stored {
        project: project.parse().unwrap(),
        file_name: file_name.into(),
        sha256,
        size,
        own,
    };
    let files = [
        stored("x", "x-1.tar.gz", digest, Some(7), false),
        stored("y", "y-1.tar.gz", blocked.sha256, None, true),
    ];
    assert_eq!(store.stored_files().await.unwrap(), files, "fetched, or blocked on arrival");
    let beside = [stored("x", "x-2.tar.gz", metadata, None, false)];
    assert_eq!(store.stored_metadata().await.unwrap(), beside);
}
