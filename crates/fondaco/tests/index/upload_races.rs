//! Uploads that race, and a power cut in the middle of many.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fondaco_testkit::{Dist, Fondaco, Postgres, Sdist, Upload, Wheel};

use crate::house::{BIN, House};
use crate::uploads::own;

/// A wheel of its own content.
fn variant(project: &str, version: &str, content: usize) -> Dist {
    let module = project.replace('-', "_");
    Wheel::new(project, version)
        .file(&format!("{module}/__init__.py"), format!("VALUE = {content}\n"))
        .build()
}

/// What was sent of a file, the status and the reason.
type Outcome = (usize, u16, String);

#[test]
fn a_thousand_uploads_at_once_end_consistent() {
    const FILES: usize = 40;
    const CONTENDERS: usize = 25;
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let url = house.fondaco.url("/legacy/");
    let outcomes: Mutex<BTreeMap<usize, Vec<Outcome>>> = Mutex::default();
    std::thread::scope(|scope| {
        for file in 0..FILES {
            for contender in 0..CONTENDERS {
                let (url, token, outcomes) = (&url, &token, &outcomes);
                // The first ten have one content, each of the others its own.
                let content = contender.saturating_sub(9);
                let dist = variant(&format!("raced-{file}"), "1.0", content);
                let send = move || {
                    let answer = Upload::of(&dist).send_to(url, token).unwrap();
                    let outcome = (content, answer.status, answer.reason);
                    outcomes.lock().unwrap().entry(file).or_default().push(outcome);
                };
                std::thread::Builder::new().stack_size(256 << 10).spawn_scoped(scope, send).unwrap();
            }
        }
    });
    let journal = house.fondaco.journal();
    for (file, outcomes) in outcomes.into_inner().unwrap() {
        let taken: BTreeSet<usize> = outcomes.iter().filter(|o| o.1 == 200).map(|o| o.0).collect();
        assert_eq!(taken.len(), 1, "one content of file {file} is taken: {outcomes:?}");
        let content = *taken.first().unwrap();
        for (own_content, status, reason) in &outcomes {
            let fits = if *own_content == content {
                *status == 200
            } else {
                *status == 400 && reason.starts_with("File already exists ('")
            };
            assert!(fits, "{own_content} {status} {reason}");
        }
        let project = format!("raced-{file}");
        let dist = variant(&project, "1.0", content);
        let listed = house.listed(&project, &dist.file_name);
        assert_eq!(listed["hashes"]["sha256"], dist.sha256().to_string());
        assert_eq!(house.fondaco.get(&own(&project, &dist), &[]).body, *dist.bytes);
        let uploaded = journal.iter().filter(|entry| {
            entry["kind"] == "file-uploaded" && entry["file_name"] == dist.file_name.as_str()
        });
        assert_eq!(uploaded.count(), 1);
    }
    assert_eq!(house.fondaco.get("/readyz", &[]).status, 200);
}

#[test]
fn of_two_sdists_of_one_release_one_is_taken() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let url = house.fondaco.url("/legacy/");
    for round in 0..5 {
        let spelled = [format!("{round}.1"), format!("{round}.1.0")]
            .map(|version| Sdist::new("one-sdist", &version).build());
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let send = |dist| {
                let (url, token) = (&url, &token);
                scope.spawn(move || Upload::of(dist).send_to(url, token).unwrap().status)
            };
            let threads: Vec<_> = spelled.iter().map(send).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    }
}

#[test]
fn a_kill_in_a_storm_of_uploads_loses_nothing_that_was_acknowledged() {
    storm(House::new(), 20);
}

#[test]
fn nor_does_one_on_postgres() {
    storm(House::on_postgres(&Postgres::shared().database()), 5);
}

/// Moments that are drawn from a seed, which `FONDACO_TEST_SEED` sets.
struct Moments(u64);

impl Moments {
    fn new() -> Self {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
        let given = std::env::var("FONDACO_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        Self(given.unwrap_or(now).max(1))
    }

    /// The next one: up to a second after what a start needs. Xorshift64.
    fn next(&mut self) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_millis(100 + self.0 % 1000)
    }
}

#[expect(clippy::print_stderr, reason = "who looks into a failure needs the seed")]
fn storm(house: House, rounds: usize) {
    let token = house.fondaco.token(&["--all-projects"]);
    let mut fondaco = house.fondaco;
    let mut moments = Moments::new();
    eprintln!("FONDACO_TEST_SEED={}", moments.0);
    let (mut attempted, mut acknowledged) = (BTreeMap::new(), BTreeSet::new());
    for round in 0..rounds {
        let url = fondaco.url("/legacy/");
        let stop = AtomicBool::new(false);
        let acked: Mutex<BTreeSet<String>> = Mutex::default();
        let tried: Mutex<BTreeMap<String, Dist>> = Mutex::default();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (url, token, stop, acked, tried) = (&url, &token, &stop, &acked, &tried);
                scope.spawn(move || {
                    for number in 0.. {
                        if stop.load(Ordering::SeqCst) {
                            return;
                        }
                        let dist = variant("stormy", &format!("{round}.{thread}.{number}"), number);
                        tried.lock().unwrap().insert(dist.file_name.clone(), dist.clone());
                        if Upload::of(&dist).send_to(url, token).is_ok_and(|answer| answer.status == 200) {
                            acked.lock().unwrap().insert(dist.file_name);
                        }
                    }
                });
            }
            std::thread::sleep(moments.next());
            stop.store(true, Ordering::SeqCst);
            fondaco.kill();
        });
        attempted.extend(tried.into_inner().unwrap());
        acknowledged.extend(acked.into_inner().unwrap());
        fondaco = fondaco.again();
        let incoming = house.data.path().join("files/incoming");
        assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
    }
    assert!(!acknowledged.is_empty(), "nothing came through at all");
    let listing = fondaco.get("/simple/stormy/", &[("Accept", crate::house::JSON)]).json();
    let mut listed = BTreeSet::new();
    for file in listing["files"].as_array().unwrap() {
        let name = file["filename"].as_str().unwrap().to_owned();
        let dist = &attempted[&name];
        assert_eq!(fondaco.get(&own("stormy", dist), &[]).body, *dist.bytes, "{name} is whole");
        listed.insert(name);
    }
    assert!(acknowledged.is_subset(&listed), "lost: {:?}", acknowledged.difference(&listed));
    let uploaded = fondaco.journal().iter().filter(|entry| entry["kind"] == "file-uploaded").count();
    assert_eq!(uploaded, listed.len());
    fondaco.admin(&["verify"]).ok();
}

#[test]
fn no_room_on_the_disk_is_said_and_leaves_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let data = tempfile::tempdir().unwrap();
    let upstream = fondaco_testkit::Upstream::new();
    // Files of at most 2 MiB: what is written beyond fails as on a full disk.
    let cramped = data.path().join("cramped");
    std::fs::write(&cramped, format!("#!/bin/sh\ntrap '' XFSZ\nulimit -f 4096\nexec {BIN} \"$@\"\n"))
        .unwrap();
    std::fs::set_permissions(&cramped, std::fs::Permissions::from_mode(0o755)).unwrap();
    let fondaco = Fondaco::start(&cramped, data.path().join("data"), &["--upstream", &upstream.index_url()]);
    let token = fondaco.token(&["--all-projects"]);
    let large = Wheel::new("too-much", "1.0").filler(4 << 20).build();
    let answer = Upload::of(&large).send(&fondaco, &token);
    assert_eq!((answer.status, answer.reason.as_str()), (507, "the disk is full"), "{}", answer.text());
    assert_eq!(std::fs::read_dir(data.path().join("data/files/incoming")).unwrap().count(), 0);
    assert!(fondaco.journal().iter().all(|entry| entry["project"].is_null()));
    let small = variant("too-much", "1.0", 1);
    assert_eq!(Upload::of(&small).send(&fondaco, &token).status, 200, "it goes on with what fits");
}

#[test]
fn an_upload_that_is_broken_off_leaves_nothing() {
    use std::io::Write;
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = Wheel::new("broken-off", "1.0").filler(2 << 20).build();
    let (headers, body) = Upload::of(&dist).request(&token);
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", house.fondaco.port())).unwrap();
    write!(stream, "POST /legacy/ HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n", body.len()).unwrap();
    for (name, value) in &headers {
        write!(stream, "{name}: {value}\r\n").unwrap();
    }
    stream.write_all(b"\r\n").unwrap();
    stream.write_all(&body[..body.len() / 2]).unwrap();
    let incoming = house.data.path().join("files/incoming");
    let arriving = || std::fs::read_dir(&incoming).unwrap().count();
    let started = std::time::Instant::now();
    let wait_until = |count: usize| {
        while arriving() != count {
            assert!(started.elapsed() < Duration::from_secs(20), "{count} files are waited for");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    wait_until(1);
    drop(stream);
    wait_until(0);
    assert!(house.journal_of(&dist.file_name).is_empty());
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
}
