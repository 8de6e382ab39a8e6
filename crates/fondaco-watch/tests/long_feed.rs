//! More than a year of a feed leaves no more than some months do.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::time::Duration;

use fondaco_model::{AlertKind, Queued, Timestamp};
use fondaco_pydist::Sha256;
use fondaco_store::{Database, Store};
use fondaco_watch::{Inspected, Ledger, Options, Outcome, Subject, thin};
use fondaco_wire::fingerprints_v1::{Fingerprints, Shape};
use fondaco_wire::report_v1::{Behaviour, Report, SCHEMA, Verdict};

/// A day, in seconds.
const DAY: i64 = 86_400;
/// Releases a day; one in eight is malicious.
const A_DAY: u64 = 8;

fn report(number: u64, verdict: Verdict, sha256: Sha256) -> Report {
    // One maker's code in what is bad, everybody's own in the rest.
    let exact =
        if verdict == Verdict::Malicious { "00000000000000aa".to_owned() } else { format!("{number:016x}") };
    let shape = Shape { tokens: 60, exact, sketch: "0001".repeat(60) };
    Report {
        schema: SCHEMA.to_owned(),
        path: String::new(),
        sha256: Some(sha256.to_string()),
        kind: "sdist".to_owned(),
        project: None,
        version: Some("1.0".to_owned()),
        metadata_sha256: None,
        verdict,
        complete: true,
        score: if verdict == Verdict::Malicious { 0.99 } else { 0.0 },
        behaviours: vec![Behaviour {
            id: "exfiltration".to_owned(),
            title: "sends".to_owned(),
            attack: Vec::new(),
        }],
        stages: Vec::new(),
        story: Vec::new(),
        findings: Vec::new(),
        facts: None,
        credibility: None,
        fingerprints: Some(Fingerprints {
            shapes: vec![shape],
            indicators: vec!["webhook:00000000000000bb".to_owned()],
            author: None,
            text: None,
            layout: None,
        }),
        layers: Vec::new(),
        unscanned: Vec::new(),
        engine: "engine".to_owned(),
        elapsed_ms: 0,
        upload: None,
    }
}

fn outcome(number: u64, at: Timestamp) -> Outcome {
    let sha256 = Sha256::of(&number.to_le_bytes());
    let verdict = if number.is_multiple_of(8) { Verdict::Malicious } else { Verdict::Clean };
    Outcome {
        subject: Some(Subject {
            project: format!("project-{number}").parse().unwrap(),
            version: "1.0".to_owned(),
            is_new: true,
            established: false,
        }),
        files: vec![Inspected {
            file_name: format!("project_{number}-1.0.tar.gz"),
            sha256,
            uploaded_at: at,
            report: report(number, verdict, sha256),
            engine: "engine".to_owned(),
            lost: false,
        }],
        troubles: vec![(AlertKind::NotInspected, "x".to_owned())],
        ..Outcome::default()
    }
}

/// Rows of what grows with the feed.
async fn rows(store: &Store) -> Vec<(&'static str, u64)> {
    store.watched_rows().await.unwrap()
}

#[tokio::test]
async fn a_year_leaves_no_more_than_a_few_months() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Database::File(folder.path().join("fondaco.db"))).await.unwrap();
    let ledger = Ledger::new(store.clone(), "feed");
    let days = |many: u32| Duration::from_secs(86_400) * many;
    let options = Options {
        remember: days(20),
        reports: days(30),
        members: 10,
        alerts: days(15),
        days: days(40),
        ..Options::default()
    };
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let (mut number, mut before) = (0, Vec::new());
    for day in 0..160 {
        let now = Timestamp::from_second(start.as_second() + day * DAY).unwrap();
        for _ in 0..A_DAY {
            number += 1;
            let item = format!("release project-{number} 1.0");
            let queued = Queued { item: item.clone(), announced_at: now, attempts: 0, due_at: now };
            let mut tx = store.begin().await.unwrap();
            assert!(tx.queue_watched("feed", &queued).await.unwrap());
            tx.commit().await.unwrap();
            ledger.keep(&item, &outcome(number, now), now).await.unwrap();
        }
        // As who sends notices does where nobody wants any.
        let mut tx = store.begin().await.unwrap();
        for notice in tx.unaddressed_notices().await.unwrap() {
            tx.address_notice(notice.id, &[], now).await.unwrap();
        }
        tx.commit().await.unwrap();
        thin(&store, &options, now).await.unwrap();
        if day == 80 {
            before = rows(&store).await;
        }
    }
    let after = rows(&store).await;
    assert!(before.iter().any(|(what, many)| *what == "watch_seen" && *many > 100), "{before:?}");
    for ((what, early), (_, late)) in before.iter().zip(&after) {
        // What nothing bad was found in leaves a fingerprint, until there are 120,000.
        if *what != "fingerprints of clean files" {
            assert!(late <= &(early + A_DAY), "{what}: {early} rows after 80 days, {late} after 160");
        }
    }
    // What is left still does: the next of the same maker is its campaign's.
    let now = Timestamp::from_second(start.as_second() + 200 * DAY).unwrap();
    ledger.keep("release again 1.0", &outcome(8_000, now), now).await.unwrap();
    let alerts = store.alerts_since(0, 100_000).await.unwrap();
    assert!(
        alerts.iter().any(|alert| alert.at == now && alert.kind == AlertKind::CampaignReopened),
        "{alerts:?}"
    );
    assert_eq!(store.campaigns(10).await.unwrap().len(), 1);
}
