//! Single downloads, and the counts that become of them.

use fondaco_model::{Download, Installer, Timestamp};
use fondaco_pydist::{ProjectName, Sha256};
use fondaco_store::{DayCount, RolledUp, Store};

use crate::home::Home;

on_both! {
    what_is_rolled_up_counts_as_before
    a_roll_up_that_is_cut_off_changes_nothing
}

/// So many hours after the begin of 2026-01-01.
fn hour(hours: u64) -> Timestamp {
    let begin: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    begin.checked_add(std::time::Duration::from_secs(hours * 3600)).unwrap()
}

fn download(at: Timestamp, (project, file): (&str, &str), user_agent: &str) -> Download {
    Download {
        at,
        project: project.parse().unwrap(),
        file_name: file.to_owned(),
        sha256: Sha256::of(file.as_bytes()),
        client: "192.0.2.1".to_owned(),
        user_agent: user_agent.to_owned(),
    }
}

async fn add(store: &Store, downloads: &[Download]) {
    let mut tx = store.begin().await.unwrap();
    for one in downloads {
        tx.add_download(one).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn roll_up(store: &Store, before: Timestamp, most: u32) -> u64 {
    let mut tx = store.begin().await.unwrap();
    let many = tx.roll_up_downloads(before, most).await.unwrap();
    tx.commit().await.unwrap();
    many
}

/// Everything that is counted.
type Counts = (Vec<Vec<DayCount>>, Vec<Vec<(ProjectName, u64)>>, Vec<u64>, u64, [bool; 4]);

async fn counts(store: &Store) -> Counts {
    let (x, y) = ("x".parse().unwrap(), "y".parse().unwrap());
    let (mut by_day, mut by_project, mut of) = (Vec::new(), Vec::new(), Vec::new());
    // Also from the middle of days that are rolled up, and of those that are not.
    for since in [Timestamp::MIN, hour(0), hour(13), hour(24), hour(47), hour(60), hour(100)] {
        by_project.push(store.downloads_by_project(since).await.unwrap());
        for project in [&x, &y] {
            by_day.push(store.downloads_by_day(project, since).await.unwrap());
            of.push(store.downloads_of(project, since).await.unwrap());
        }
    }
    let was = [
        store.was_served(&x).await.unwrap(),
        store.was_served(&"z".parse().unwrap()).await.unwrap(),
        store.was_content_served(Sha256::of(b"x-1.tar.gz")).await.unwrap(),
        store.was_content_served(Sha256::of(b"z-1.tar.gz")).await.unwrap(),
    ];
    (by_day, by_project, of, store.figures().await.unwrap().downloads, was)
}

const X: (&str, &str) = ("x", "x-1.tar.gz");
const X2: (&str, &str) = ("x", "x-2.tar.gz");
const Y: (&str, &str) = ("y", "y-1.tar.gz");

/// Three days, noted out of their order.
fn three_days() -> Vec<Download> {
    vec![
        download(hour(49), X, "pip/25.3"),
        download(hour(1), X, "pip/25.3 {}"),
        download(hour(2), X, "pip/24.0"),
        download(hour(3), X, "uv/0.9.7"),
        download(hour(23), X2, "pip/25.3"),
        download(hour(25), X, "pip/25.3"),
        download(hour(26), Y, "Mozilla/5.0 (X11)"),
        download(hour(1), Y, "a-name-of-somebodys-own/1"),
        download(hour(1), Y, "another-name-of-somebodys-own/2"),
    ]
}

async fn what_is_rolled_up_counts_as_before(home: &Home) {
    let store = home.open().await;
    assert_eq!(roll_up(&store, hour(1000), 10).await, 0, "nothing was served yet");
    assert_eq!(store.downloads_known_since().await.unwrap(), None);
    add(&store, &three_days()).await;
    let before = counts(&store).await;
    assert_eq!((before.3, before.4), (9, [true, false, true, false]));
    // In the middle of the second day only the first is over.
    assert_eq!(roll_up(&store, hour(30), 4).await, 4);
    assert_eq!(counts(&store).await, before, "in the middle of a day as well");
    assert_eq!(roll_up(&store, hour(30), 4).await, 2);
    assert_eq!(roll_up(&store, hour(30), 4).await, 0);
    assert_eq!(store.downloads_known_since().await.unwrap(), Some(hour(24)));
    assert_eq!(counts(&store).await, before);
    let singles = store.downloads(None, 100).await.unwrap();
    assert_eq!(singles.iter().map(|one| one.at).collect::<Vec<_>>(), [hour(49), hour(25), hour(26)]);
    // What is noted late is added to its day.
    add(&store, &[download(hour(5), X, "pip/25.3")]).await;
    let before = counts(&store).await;
    assert_eq!(before.3, 10);
    assert_eq!(roll_up(&store, hour(47), 100).await, 1);
    assert_eq!(roll_up(&store, hour(48), 100).await, 2);
    assert_eq!(counts(&store).await, before);
    assert_eq!(store.downloads_known_since().await.unwrap(), Some(hour(48)));
    let rolled = store.rolled_up_downloads(Sha256::of(X.1.as_bytes())).await.unwrap();
    let of = |installer, downloads, (first, last)| RolledUp {
        installer,
        downloads,
        first: hour(first),
        last: hour(last),
    };
    assert_eq!(rolled, [of(Installer::Pip, 4, (0, 24)), of(Installer::Uv, 1, (0, 0))]);
    let rolled = store.rolled_up_downloads(Sha256::of(Y.1.as_bytes())).await.unwrap();
    // Names of somebody's own make no rows of their own.
    assert_eq!(rolled, [of(Installer::Other, 2, (0, 0)), of(Installer::Browser, 1, (24, 24))]);
    // Everything, until no single one is left.
    assert_eq!(roll_up(&store, hour(1000), 100).await, 1);
    assert_eq!(store.downloads(None, 100).await.unwrap(), []);
    assert_eq!(counts(&store).await, before);
}

async fn a_roll_up_that_is_cut_off_changes_nothing(home: &Home) {
    let store = home.open().await;
    add(&store, &three_days()).await;
    let before = counts(&store).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.roll_up_downloads(hour(1000), 5).await.unwrap(), 5);
    drop(tx);
    assert_eq!(store.downloads(None, 100).await.unwrap(), three_days());
    assert_eq!(store.downloads_known_since().await.unwrap(), None);
    assert_eq!(counts(&store).await, before);
    // Two that are at it by turns.
    let (one, other) = tokio::join!(roll_up(&store, hour(1000), 6), roll_up(&store, hour(1000), 6));
    assert_eq!(one + other, 9);
    assert_eq!(counts(&store).await, before);
}
