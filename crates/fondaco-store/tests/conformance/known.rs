//! What is known and noted beside the files: advisories, audit, downloads, upstreams, figures.

use fondaco_model::{
    Advisory, AdvisoryKind, Affected, AuditAction, AuditEvent, Download, Evidence, FileKey, FileRecord,
    FoundMalicious, MaliciousSpan, RangeEnd, Releases, Timestamp, Upstream, UpstreamName,
};
use fondaco_pydist::Sha256;
use fondaco_store::{Figures, FoundWanted};
use fondaco_verdict::Verdict;

use crate::home::Home;

on_both! {
    advisories_are_kept_in_their_last_state
    what_was_found_malicious_is_told_by_project
    who_did_what_and_who_was_served
    an_instance_and_its_upstreams
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

async fn advisories_are_kept_in_their_last_state(home: &Home) {
    let store = home.open().await;
    let range = |introduced: Option<&str>, end| Affected {
        project: "x".parse().unwrap(),
        releases: Releases::Range { introduced: introduced.map(|text| text.parse().unwrap()), end },
    };
    let version = "1.5".parse().unwrap();
    let advisory = Advisory {
        id: "MAL-2026-1".parse().unwrap(),
        kind: AdvisoryKind::Malware,
        own: false,
        modified: at(5),
        withdrawn: None,
        affected: vec![
            Affected { project: "x".parse().unwrap(), releases: Releases::Version(version) },
            range(None, RangeEnd::Open),
            range(Some("1"), RangeEnd::Before("2".parse().unwrap())),
            range(Some("3"), RangeEnd::With("4".parse().unwrap())),
        ],
        record: "{\"one\": 1}".into(),
    };
    let elsewhere =
        Affected { project: "y".parse().unwrap(), releases: advisory.affected[0].releases.clone() };
    let mut with_other = advisory.clone();
    with_other.affected.push(elsewhere.clone());
    let mut tx = store.begin().await.unwrap();
    tx.set_advisory(&with_other).await.unwrap();
    tx.commit().await.unwrap();
    let mut found = store.advisories_of(&"x".parse().unwrap()).await.unwrap();
    found[0].affected.sort_by_key(|one| advisory.affected.iter().position(|known| known == one));
    assert_eq!(found, std::slice::from_ref(&advisory), "without what it says of others");
    let later = Advisory {
        kind: AdvisoryKind::Vulnerability,
        modified: at(6),
        withdrawn: Some(at(7)),
        affected: vec![elsewhere],
        record: "{}".into(),
        ..advisory.clone()
    };
    let mut tx = store.begin().await.unwrap();
    tx.set_advisory(&later).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.advisories_of(&"x".parse().unwrap()).await.unwrap().is_empty());
    assert_eq!(store.advisories_of(&"y".parse().unwrap()).await.unwrap(), [later]);
    assert_eq!(store.advisory_record(&advisory.id).await.unwrap().as_deref(), Some("{}"));
    assert_eq!(store.advisory_state(&advisory.id).await.unwrap(), Some((at(6), false)));
    assert_eq!(store.advisory_state(&"MAL-2026-2".parse().unwrap()).await.unwrap(), None);
    assert!(store.own_advisories(None, 9).await.unwrap().is_empty());
    // Our own, page by page.
    let own = |id: &str| Advisory { id: id.parse().unwrap(), own: true, ..advisory.clone() };
    let (first, second) = (own("MAL-FONDACO-R1"), own("MAL-FONDACO-R2"));
    let mut tx = store.begin().await.unwrap();
    tx.set_advisory(&second).await.unwrap();
    tx.set_advisory(&first).await.unwrap();
    tx.commit().await.unwrap();
    let told = |one: &Advisory| (one.id.clone(), at(5), one.record.clone());
    assert_eq!(store.own_advisories(None, 1).await.unwrap(), [told(&first)]);
    assert_eq!(store.own_advisories(Some(&first.id), 9).await.unwrap(), [told(&second)]);
    assert_eq!(store.advisory_state(&first.id).await.unwrap(), Some((at(5), true)));
    assert!(store.advisories_of(&"x".parse().unwrap()).await.unwrap().iter().all(|one| one.own));
}

async fn what_was_found_malicious_is_told_by_project(home: &Home) {
    let store = home.open().await;
    let digest = Sha256::of(b"bad");
    let key = FileKey {
        upstream: UpstreamName::default_upstream(),
        project: "x".parse().unwrap(),
        file_name: "x-1.tar.gz".into(),
    };
    let file = FileRecord {
        key: key.clone(),
        release: "1".into(),
        sha256: Some(digest),
        verified: true,
        conflict: None,
        size: None,
        uploaded_at: at(1),
        first_seen: at(1),
        fetched_at: None,
        served_metadata: None,
    };
    let evidence = |engine: &str, verdict, seconds| Evidence {
        sha256: digest,
        file_name: key.file_name.clone(),
        engine: engine.into(),
        verdict,
        titles: Vec::new(),
        metadata: Some(Sha256::of(b"metadata")),
        lost: true,
        attempt: 3,
        inspected_at: at(seconds),
        report: "{\"story\": \"\\u0000\"}".into(),
    };
    let mut tx = store.begin().await.unwrap();
    tx.add_files(&[file]).await.unwrap();
    tx.set_evidence(&evidence("old", Verdict::Suspicious, 3)).await.unwrap();
    tx.set_evidence(&evidence("old", Verdict::Malicious, 3)).await.unwrap();
    tx.set_evidence(&evidence("new", Verdict::Malicious, 4)).await.unwrap();
    tx.commit().await.unwrap();
    let newest = evidence("new", Verdict::Malicious, 4);
    assert_eq!(store.evidence_of(&key, digest).await.unwrap(), Some(newest.clone()));
    assert_eq!(store.newest_evidence(digest).await.unwrap(), Some(newest));
    let told = |until, newest| FoundMalicious {
        sha256: digest,
        layer: key.upstream.clone(),
        project: key.project.clone(),
        release: "1".to_owned(),
        span: MaliciousSpan { first: at(3), since: at(3), until },
        titles: Vec::new(),
        newest,
    };
    let (all, of, begin) = (FoundWanted::All, FoundWanted::Of(&key.project), &digest.to_string()[..16]);
    for wanted in [all, of, FoundWanted::Begin(begin)] {
        let found = store.found_malicious(wanted).await.unwrap();
        assert_eq!(found, [told(None, Verdict::Malicious)], "since the first time: {wanted:?}");
    }
    for other in [FoundWanted::Of(&"y".parse().unwrap()), FoundWanted::Begin("0000")] {
        assert!(store.found_malicious(other).await.unwrap().is_empty(), "{other:?}");
    }
    assert_eq!(store.malicious_begins(16, None, 9).await.unwrap(), [begin]);
    assert_eq!(store.malicious_begins(4, Some("0000"), 9).await.unwrap(), [&begin[..4]]);
    assert!(store.malicious_begins(16, Some(begin), 9).await.unwrap().is_empty());
    let figures = store.figures().await.unwrap();
    let expected = Figures { files_inspected: 1, files_malicious: 1, ..Figures::default() };
    assert_eq!(figures, expected);
}

async fn who_did_what_and_who_was_served(home: &Home) {
    let store = home.open().await;
    let event = |number: i64| AuditEvent {
        at: at(number),
        actor: "operator:o".into(),
        action: AuditAction::Note,
        subject: "s".into(),
        reason: "'; DROP TABLE audit; -- \"ä\"".into(),
        detail: String::new(),
    };
    let download = |number: i64| Download {
        at: at(number),
        project: "x".parse().unwrap(),
        file_name: "x-1.tar.gz".into(),
        sha256: Sha256::of(if number == 2 { b"b" } else { b"a" }),
        client: "127.0.0.1".into(),
        user_agent: "pip/25".into(),
    };
    let mut tx = store.begin().await.unwrap();
    for number in 1..=3 {
        tx.audit(&event(number)).await.unwrap();
        tx.add_download(&download(number)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let newest = store.audit(2).await.unwrap();
    let events: Vec<AuditEvent> = newest.iter().map(|record| record.event.clone()).collect();
    assert_eq!(events, [event(2), event(3)], "the newest, oldest of them first");
    assert_eq!(store.downloads(None, 2).await.unwrap(), [download(2), download(3)]);
    assert_eq!(store.downloads(Some(Sha256::of(b"a")), 9).await.unwrap(), [download(1), download(3)]);
    assert_eq!(store.figures().await.unwrap().downloads, 3);
}

async fn an_instance_and_its_upstreams(home: &Home) {
    let store = home.open().await;
    store.check().await.unwrap();
    assert_eq!(store.instance().await.unwrap(), None);
    let name = UpstreamName::default_upstream();
    let upstream =
        |url: &str| Upstream { name: name.clone(), url: url.into(), source: "test".into(), set_at: at(1) };
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.instance_or("first", at(1)).await.unwrap(), "first");
    tx.set_upstream(&upstream("https://one.example/")).await.unwrap();
    tx.set_upstream(&upstream("https://two.example/")).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.instance_or("second", at(2)).await.unwrap(), "first", "it is given once");
    drop(tx);
    assert_eq!(store.instance().await.unwrap().as_deref(), Some("first"));
    assert_eq!(store.upstream(&name).await.unwrap(), Some(upstream("https://two.example/")));
    assert_eq!(store.upstream(&"other".parse().unwrap()).await.unwrap(), None);
}
