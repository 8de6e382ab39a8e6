//! Who was served what is known for a time; after that it is counted.

use std::time::{Duration, Instant};

use fondaco_model::{Clock, Download, StaffRole, SystemClock};
use fondaco_pydist::Sha256;
use fondaco_testkit::{Fondaco, Upload};
use serde_json::{Value, json};

use crate::actors::{Kind, People};
use crate::house::{BIN, House, wheel};
use crate::uploads::own;

const DAY: u64 = 86_400;

/// Waits until this holds.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Every figure that rests on downloads, also those of part of a day.
fn figures(fondaco: &Fondaco) -> Vec<Value> {
    let get = |path: &str| {
        let answer = fondaco.get(path, &[]);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    };
    let mut all: Vec<Value> = [1, 89, 90, 91, 92, 3000]
        .map(|days| get(&format!("/api/v1/stats/projects/ours?days={days}")))
        .to_vec();
    all.push(get("/api/v1/stats?days=3000"));
    let project = get("/pypi/ours/json");
    all.extend([project["info"]["downloads"].clone(), project["urls"][0]["downloads"].clone()]);
    let metrics = fondaco.get("/metrics", &[]).text();
    all.push(json!(metrics.lines().find(|line| line.starts_with("fondaco_downloads "))));
    all
}

#[test]
fn old_downloads_are_counts_and_everybody_is_told_since_when_clients_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let clock = folder.path().join("clock");
    let set = |ahead: u64| std::fs::write(&clock, ahead.to_string()).unwrap();
    set(0);
    let env = ("FONDACO_TEST_CLOCK", clock.to_str().unwrap());
    // What is kept for ever is what is compared with.
    let house = House::with_env("[downloads]\nkeep = 'always'\n", env.0, env.1);
    let token = house.fondaco.token(&["--all-projects"]);
    let (dist, other) = (wheel("ours", "1.0"), wheel("never-served", "1.0"));
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
    assert_eq!(Upload::of(&other).send(&house.fondaco, &token).status, 200);
    let fetch = |house: &House, agent: &str| {
        let answer = house.fondaco.get(&own("ours", &dist), &[("User-Agent", agent)]);
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    for agent in ["pip/25.3 {}", "pip/24.0", "uv/0.9.7"] {
        fetch(&house, agent);
    }
    set(91 * DAY);
    let house = house.restarted();
    fetch(&house, "pip/99");
    let house = house.restarted();
    let before = figures(&house.fondaco);
    assert_eq!(before[5]["downloads"], 4, "{:#}", before[5]);
    let told = house.fondaco.admin(&["who-fetched", "ours==1.0"]).ok();
    assert!(told.stderr.is_empty() && told.stdout.lines().count() == 4, "{}", told.text());
    let config = house.data.path().join("fondaco.toml");
    let text = std::fs::read_to_string(&config).unwrap().replace("'always'", "'90d'");
    std::fs::write(&config, text).unwrap();
    let house = house.restarted();
    let left = |house: &House| house.fondaco.admin(&["downloads", "--format", "ndjson"]).ok().stdout;
    until("old downloads are rolled up", || left(&house).lines().count() == 1);
    assert!(left(&house).contains("pip/99"), "{}", left(&house));
    assert_eq!(figures(&house.fondaco), before);
    let told = house.fondaco.admin(&["who-fetched", "ours==1.0"]).ok();
    assert!(told.stdout.contains("pip/99") && told.stdout.lines().count() == 1, "{}", told.text());
    let note = "note: who was served what is known since ";
    assert!(told.stderr.contains(note), "{}", told.text());
    assert!(told.stderr.contains("2 x to pip") && told.stderr.contains("1 x to uv"), "{}", told.text());
    // The same for staff.
    let people = People::of(&house);
    let observer = people.add_as("oskar", Some(StaffRole::Observer), Kind::Full);
    // Sessions are made by the clock of this process.
    set(0);
    let path = format!("/api/v1/files/{}/downloads", dist.sha256());
    let answer = observer.gets(&house, ("GET", &path), &Value::Null, 200).json();
    assert_eq!(answer["fetched_by"].as_array().unwrap().len(), 1, "{answer:#}");
    assert_eq!(answer["served_earlier"][0]["installer"], "pip", "{answer:#}");
    assert_eq!(answer["served_earlier"][0]["times"], 2, "{answer:#}");
    let since = answer["known_since"].as_str().unwrap();
    assert!(since.ends_with("T00:00:00.000000Z") && told.stderr.contains(&since[..10]), "{since}");
    let item = observer.gets(&house, ("GET", "/api/v1/desk/projects/ours"), &Value::Null, 200).json();
    assert_eq!(item["fetched_known_since"], since, "{item:#}");
    // What was served, if only long ago, is told to mirrors when it goes; what was not, is not.
    for project in ["ours", "never-served"] {
        house.fondaco.admin(&["delete", project, "--reason", "gone"]).ok();
    }
    let removed = house.fondaco.get("/api/v1/removed", &[]).text();
    assert!(removed.contains(&dist.file_name) && !removed.contains(&other.file_name), "{removed}");
}

/// Downloads of long ago, more than are counted together in one transaction.
const MANY: u64 = 9_000;

#[test]
fn a_kill_in_the_middle_of_the_counting_loses_and_repeats_nothing() {
    let house = House::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let data = house.data.path().to_owned();
    house.fondaco.stop();
    let store = runtime.block_on(house.store());
    let long_ago = SystemClock.now().checked_sub(Duration::from_secs(500 * DAY)).unwrap();
    runtime.block_on(async {
        let mut tx = store.begin().await.unwrap();
        for number in 0..MANY {
            let download = Download {
                at: long_ago,
                project: "ours".parse().unwrap(),
                file_name: format!("ours-{}.tar.gz", number % 7),
                sha256: Sha256::of(b"x"),
                client: "192.0.2.1".to_owned(),
                user_agent: "pip/25.3".to_owned(),
            };
            tx.add_download(&download).await.unwrap();
        }
        tx.commit().await.unwrap();
    });
    let state = || {
        runtime.block_on(async {
            let singles = store.downloads(None, 100_000).await.unwrap().len() as u64;
            (singles, store.figures().await.unwrap().downloads)
        })
    };
    assert_eq!(state(), (MANY, MANY));
    let fondaco = Fondaco::start(BIN, &data, &[]);
    until("it begins", || state().0 < MANY);
    fondaco.kill();
    let (left, all) = state();
    assert!(left > 0 && left < MANY, "{left}");
    assert_eq!(all, MANY);
    let fondaco = Fondaco::start(BIN, &data, &[]);
    until("it goes on where it was", || state().0 == 0);
    assert_eq!(state(), (0, MANY));
    let by_day = runtime.block_on(store.downloads_by_day(&"ours".parse().unwrap(), long_ago)).unwrap();
    assert_eq!(by_day.iter().map(|one| one.downloads).sum::<u64>(), MANY);
    assert_eq!(by_day.len(), 7, "a row a file and day");
    fondaco.stop();
}
