//! One writer at a time, and what readers see meanwhile: within a process and among processes.

use std::time::Duration;

use fondaco_model::{JournalEntry, JournalKind, OwnProject, Timestamp};
use fondaco_pydist::ProjectStatus;
use fondaco_store::{SEEN_WITHIN, Store, Wanted};

use crate::home::Home;

on_both! {
    one_writer_at_a_time_among_processes
    serials_come_to_sight_in_their_order
    what_is_dropped_gives_its_turn_away
    what_others_do_is_seen
    an_upload_site_is_of_one_moment
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn entry() -> JournalEntry {
    JournalEntry::new(at(1), JournalKind::PageChanged, "d")
}

async fn one_writer_at_a_time_among_processes(home: &Home) {
    let (one, other) = (home.open().await, home.open().await);
    let mut first = one.begin().await.unwrap();
    let serial = first.journal(&entry()).await.unwrap();
    let second = tokio::spawn(async move {
        let mut tx = other.begin().await.unwrap();
        let serial = tx.journal(&entry()).await.unwrap();
        tx.commit().await.unwrap();
        serial
    });
    // Long enough to overtake, if it could.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!second.is_finished());
    assert_eq!(one.last_serial().await.unwrap(), 0, "nobody sees what is not committed");
    first.commit().await.unwrap();
    assert!(second.await.unwrap() > serial);
}

async fn serials_come_to_sight_in_their_order(home: &Home) {
    const WRITERS: u64 = 4;
    const ENTRIES: u64 = 25;
    let watcher = home.open().await;
    let mut writers = Vec::new();
    for _ in 0..WRITERS {
        let store = home.open().await;
        writers.push(tokio::spawn(async move {
            for _ in 0..ENTRIES {
                let mut tx = store.begin().await.unwrap();
                tx.journal(&entry()).await.unwrap();
                // Others draw their serials meanwhile, if they can.
                tokio::task::yield_now().await;
                tx.journal(&entry()).await.unwrap();
                tx.commit().await.unwrap();
            }
        }));
    }
    // Whoever goes on from the last serial that was seen misses nothing.
    let (mut seen, mut last) = (0, 0);
    while seen < 2 * WRITERS * ENTRIES {
        for entry in watcher.journal_since(last, 7).await.unwrap() {
            assert!(entry.serial > last);
            last = entry.serial;
            seen += 1;
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert!(watcher.journal_since(last, 1).await.unwrap().is_empty());
}

async fn what_is_dropped_gives_its_turn_away(home: &Home) {
    let (one, other) = (home.open().await, home.open().await);
    for _ in 0..5 {
        let mut tx = one.begin().await.unwrap();
        tx.journal(&entry()).await.unwrap();
        drop(tx);
        let mut tx = other.begin().await.unwrap();
        tx.journal(&entry()).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(one.journal_since(0, 100).await.unwrap().len(), 5);
}

/// Waits until the generation is another one, for longer than it may take.
async fn changes(store: &Store, since: u64) -> bool {
    for _ in 0..100 {
        if store.generation() != since {
            return true;
        }
        tokio::time::sleep(SEEN_WITHIN / 10).await;
    }
    false
}

async fn what_others_do_is_seen(home: &Home) {
    let (one, other) = (home.open().await, home.open().await);
    let watching = {
        let one = one.clone();
        tokio::spawn(async move { one.watch().await })
    };
    assert!(changes(&one, 0).await, "the first look counts");
    tokio::time::sleep(SEEN_WITHIN).await;
    let before = one.generation();
    let mut tx = other.begin().await.unwrap();
    tx.journal(&entry()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(changes(&one, before).await);
    watching.abort();
}

async fn an_upload_site_is_of_one_moment(home: &Home) {
    let (one, other) = (home.open().await, home.open().await);
    let project = "ours".parse().unwrap();
    let own = OwnProject {
        project: "ours".parse().unwrap(),
        display_name: "ours".into(),
        made_by: "t".into(),
        made_at: at(1),
        status: ProjectStatus::Active,
        status_reason: String::new(),
        lifted_at: None,
    };
    let writer = tokio::spawn(async move {
        for _ in 0..60 {
            // A claim and a project come and go together.
            let mut tx = other.begin().await.unwrap();
            tx.claim(&own.project, "o", "r", at(1)).await.unwrap();
            tx.set_own_project(&own).await.unwrap();
            tx.commit().await.unwrap();
            let mut tx = other.begin().await.unwrap();
            tx.lift_own_name(&own.project, at(2)).await.unwrap();
            tx.commit().await.unwrap();
        }
    });
    let wanted = Wanted { project: &project, release: "1", file_name: "f", blake2_256: "b" };
    while !writer.is_finished() {
        let site = one.upload_site(wanted).await.unwrap();
        assert_eq!(site.claimed, site.project.is_some());
    }
    writer.await.unwrap();
}

/// What PostgreSQL is asked for tells also of other databases on the same server.
#[tokio::test]
async fn who_reads_a_file_changes_nothing() {
    let home = Home::sqlite();
    let (one, other) = (home.open().await, home.open().await);
    let watching = {
        let one = one.clone();
        tokio::spawn(async move { one.watch().await })
    };
    assert!(changes(&one, 0).await);
    tokio::time::sleep(SEEN_WITHIN).await;
    let before = one.generation();
    other.last_serial().await.unwrap();
    tokio::time::sleep(SEEN_WITHIN).await;
    assert_eq!(one.generation(), before);
    watching.abort();
}
