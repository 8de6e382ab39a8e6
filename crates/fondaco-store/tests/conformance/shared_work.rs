//! Work that one of several servers does, and what a newer engine finds meanwhile.

use fondaco_model::{
    Evidence, FileKey, FileRecord, JobKind, Reinspection, ReinspectionState, Shadow, ShadowCounts, Timestamp,
    Turn, UpstreamName,
};
use fondaco_pydist::Sha256;
use fondaco_store::Store;
use fondaco_verdict::{Decision, Verdict};

use crate::home::Home;

on_both! {
    a_work_is_one_servers
    a_job_is_one_servers
    new_evidence_lies_in_the_shadow
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn key(file_name: &str) -> FileKey {
    let (upstream, project) = (UpstreamName::default_upstream(), "a".parse().unwrap());
    FileKey { upstream, project, file_name: file_name.to_owned() }
}

async fn taken(store: &Store, owner: &str, (now, until): (i64, i64), not_done_since: i64) -> bool {
    let mut tx = store.begin().await.unwrap();
    let taken = tx.take_lease("w", owner, (at(now), at(until)), at(not_done_since)).await.unwrap();
    tx.commit().await.unwrap();
    taken
}

async fn a_work_is_one_servers(home: &Home) {
    let store = home.open().await;
    assert!(taken(&store, "one", (10, 20), 0).await);
    assert!(!taken(&store, "other", (19, 30), 0).await);
    assert!(taken(&store, "one", (19, 25), 0).await, "whoever has it keeps it");
    let mut tx = store.begin().await.unwrap();
    assert!(tx.renew_lease("w", "one", at(40)).await.unwrap());
    assert!(!tx.renew_lease("w", "other", at(99)).await.unwrap());
    tx.commit().await.unwrap();
    assert!(!taken(&store, "other", (39, 50), 0).await);
    assert!(taken(&store, "other", (40, 50), 0).await, "it was left");
    let mut tx = store.begin().await.unwrap();
    assert!(!tx.renew_lease("w", "one", at(99)).await.unwrap(), "and is another's now");
    tx.give_lease_back("w", "other", Some(at(45))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.lease_done_at("w").await.unwrap(), Some(at(45)));
    assert!(!taken(&store, "one", (46, 60), 44).await, "it was done lately");
    assert!(taken(&store, "one", (46, 60), 45).await);
    let mut tx = store.begin().await.unwrap();
    tx.forget_leases().await.unwrap();
    tx.commit().await.unwrap();
    assert!(taken(&store, "third", (1, 2), 0).await);
}

async fn a_job_is_one_servers(home: &Home) {
    let store = home.open().await;
    let mut tx = store.begin().await.unwrap();
    for name in ["a-1.zip", "a-2.zip"] {
        tx.queue(&JobKind::Inspect(key(name)), at(1)).await.unwrap();
    }
    let first = tx.take_jobs("one", (at(5), at(10)), 1).await.unwrap();
    assert_eq!(first.len(), 1);
    tx.commit().await.unwrap();
    assert_eq!(store.due_jobs(at(9), 9).await.unwrap().len(), 1, "the other one");
    assert_eq!(store.waiting_jobs().await.unwrap(), 2);
    let mut tx = store.begin().await.unwrap();
    tx.renew_jobs("one", &[first[0].id], at(20)).await.unwrap();
    // Nobody holds for longer what another one has, or what it does not name.
    tx.renew_jobs("other", &[first[0].id], at(90)).await.unwrap();
    tx.renew_jobs("one", &[], at(90)).await.unwrap();
    let second = tx.take_jobs("other", (at(15), at(30)), 9).await.unwrap();
    assert!(second.len() == 1 && second[0].id != first[0].id, "{second:?}");
    // What the first has left is taken over; what it tries again is anybody's.
    assert_eq!(tx.take_jobs("other", (at(20), at(40)), 9).await.unwrap(), first);
    tx.retry_job(second[0].id, at(21)).await.unwrap();
    assert_eq!(tx.take_jobs("one", (at(21), at(40)), 9).await.unwrap()[0].attempts, 1);
    tx.commit().await.unwrap();
}

fn evidence(file_name: &str, engine: &str, verdict: Verdict) -> Evidence {
    Evidence {
        sha256: Sha256::of(file_name.as_bytes()),
        file_name: file_name.to_owned(),
        engine: engine.to_owned(),
        verdict,
        titles: vec!["One".to_owned(), "Two".to_owned()],
        metadata: None,
        lost: false,
        attempt: 1,
        inspected_at: at(5),
        report: "{}".to_owned(),
    }
}

async fn new_evidence_lies_in_the_shadow(home: &Home) {
    let store = home.open().await;
    let mut tx = store.begin().await.unwrap();
    for name in ["a-1.zip", "a-2.zip"] {
        let sha256 = Sha256::of(name.as_bytes());
        tx.add_files(&[FileRecord {
            key: key(name),
            release: "1".to_owned(),
            sha256: Some(sha256),
            verified: true,
            conflict: None,
            size: None,
            uploaded_at: at(1),
            first_seen: at(1),
            fetched_at: None,
            served_metadata: None,
        }])
        .await
        .unwrap();
        tx.set_fetched(&key(name), sha256, 7, at(2)).await.unwrap();
        tx.set_evidence(&evidence(name, "old", Verdict::Clean)).await.unwrap();
    }
    let run = Reinspection {
        engine: "new".to_owned(),
        state: ReinspectionState::Running,
        started_at: at(9),
        finished_at: None,
        total: 2,
        looked_at: 0,
        last: None,
        approved_by: None,
        reason: "r".to_owned(),
    };
    tx.begin_reinspection(&run).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.stored_count().await.unwrap(), 2);
    let all = store.inspected_after(None, 9).await.unwrap();
    assert_eq!(all.iter().map(|one| one.key.file_name.as_str()).collect::<Vec<_>>(), ["a-1.zip", "a-2.zip"]);
    assert_eq!(store.inspected_after(Some(&all[0].key), 9).await.unwrap(), all[1..]);
    let shadow = Shadow {
        key: key("a-1.zip"),
        uploaded_at: at(1),
        was: Decision::Allow,
        becomes: Decision::Block,
        evidence: evidence("a-1.zip", "new", Verdict::Malicious),
    };
    let mut tx = store.begin().await.unwrap();
    tx.add_shadow("new", &shadow).await.unwrap();
    tx.reinspection_at("new", (&shadow.key, 1)).await.unwrap();
    tx.commit().await.unwrap();
    let newest = store.evidence_of(&shadow.key, shadow.evidence.sha256).await.unwrap().unwrap();
    assert_eq!(newest.engine, "old", "nothing counts yet");
    let counts = ShadowCounts { worse: 1, ..ShadowCounts::default() };
    assert_eq!(store.shadow_counts("new").await.unwrap(), counts);
    let found = store.shadows("new", Turn::Worse, 9).await.unwrap();
    assert_eq!(found, std::slice::from_ref(&shadow));
    assert!(store.shadows("new", Turn::Better, 9).await.unwrap().is_empty());
    let now = store.last_reinspection().await.unwrap().unwrap();
    assert_eq!((now.looked_at, now.last.as_ref()), (1, Some(&shadow.key)));
    let mut tx = store.begin().await.unwrap();
    let order = (ReinspectionState::Approved, Some("o"), "why");
    assert!(!tx.set_reinspection_state("new", &[ReinspectionState::Braked], order).await.unwrap());
    assert!(tx.set_reinspection_state("new", &[ReinspectionState::Running], order).await.unwrap());
    tx.shadow_applied("new", &shadow.key).await.unwrap();
    tx.finish_reinspection("new", at(20)).await.unwrap();
    // A later engine ends it.
    tx.begin_reinspection(&Reinspection { engine: "newer".to_owned(), started_at: at(30), ..run })
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(store.unapplied_shadows("new", 9).await.unwrap().is_empty());
    let ended = store.reinspection("new").await.unwrap().unwrap();
    assert_eq!((ended.state, ended.finished_at), (ReinspectionState::Superseded, Some(at(20))));
    assert_eq!(ended.approved_by.as_deref(), Some("o"));
    assert_eq!(store.last_reinspection().await.unwrap().unwrap().engine, "newer");
}
