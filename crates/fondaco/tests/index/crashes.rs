//! kill -9 and SIGTERM.

use std::time::{Duration, Instant};

use fondaco_testkit::{Dist, Fondaco, Misbehaviour, Wheel};

use crate::house::{BIN, House, path, wheel};

#[test]
fn a_kill_in_the_middle_of_a_download_leaves_nothing_half() {
    let house = House::new();
    let dist = Wheel::new("cut-off", "1.0").file("cut_off.py", "").filler(8 << 20).build();
    house.upstream.publish(&dist).misbehave(Misbehaviour::Throttled(1 << 20));
    let address = house.fondaco.url(&path("cut-off", &dist));
    let asking = std::thread::spawn(move || fondaco_testkit::fetch("GET", &address, &[], b""));
    let incoming = house.data.path().join("files/incoming");
    let started = Instant::now();
    let arriving = || {
        let entries = std::fs::read_dir(&incoming).unwrap();
        entries.flatten().any(|entry| entry.metadata().is_ok_and(|m| m.len() > 1 << 20))
    };
    while !arriving() {
        assert!(started.elapsed() < Duration::from_secs(30), "nothing arrives");
        std::thread::sleep(Duration::from_millis(20));
    }
    house.fondaco.kill();
    let _ = asking.join();
    assert!(arriving(), "the half is there when it is killed");
    house.upstream.behave(&house.upstream.file(&dist.file_name).path());
    let fondaco = Fondaco::start(BIN, house.data.path(), &[]);
    assert_eq!(std::fs::read_dir(&incoming).unwrap().count(), 0);
    assert_eq!(
        fondaco.journal().iter().filter(|entry| entry["file_name"] == dist.file_name.as_str()).count(),
        0
    );
    let answer = fondaco.get(&path("cut-off", &dist), &[]);
    assert_eq!((answer.status, answer.body.len()), (200, dist.bytes.len()));
}

#[test]
fn a_request_that_runs_is_finished_when_the_server_is_told_to_stop() {
    let house = House::new();
    let dist = wheel("last-one", "1.0");
    let listing = house.upstream.publish(&dist);
    listing.misbehave(Misbehaviour::Late(Duration::from_secs(2)));
    let at_upstream = house.upstream.file(&dist.file_name).path();
    let address = house.fondaco.url(&path("last-one", &dist));
    let asking = std::thread::spawn(move || fondaco_testkit::fetch("GET", &address, &[], b"").unwrap());
    while house.upstream.count(&at_upstream) == 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(house.fondaco.stop(), Some(0));
    let answer = asking.join().unwrap();
    assert_eq!((answer.status, answer.complete), (200, true));
    let noted = house.fondaco.admin(&["downloads", "--format", "ndjson"]).ok().stdout;
    assert!(noted.contains("last_one"), "what was served last is noted: {noted}");
}

#[test]
fn a_client_that_says_nothing_does_not_hold_up_the_end() {
    use std::io::Write;
    let house = House::new();
    let mut silent = std::net::TcpStream::connect(("127.0.0.1", house.fondaco.port())).unwrap();
    let idle = std::net::TcpStream::connect(("127.0.0.1", house.fondaco.port())).unwrap();
    silent.write_all(b"GET /simple/ HTTP/1.1\r\n").unwrap();
    let started = Instant::now();
    // The testkit waits 30 s, which is what running requests get.
    let data = house.data.path().to_owned();
    let pid = house.fondaco.pid();
    assert!(std::process::Command::new("kill").arg(pid.to_string()).status().unwrap().success());
    while std::fs::File::options().append(true).open(data.join("serve.lock")).unwrap().try_lock().is_err() {
        assert!(started.elapsed() < Duration::from_secs(45), "it does not end");
        std::thread::sleep(Duration::from_millis(100));
    }
    drop((silent, idle));
}

#[test]
fn a_damaged_blob_is_noticed_set_aside_and_fetched_again() {
    // One is small enough to be checked before its first byte, one is not.
    damaged(&wheel("bit-rot", "1.0"), true);
    damaged(&Wheel::new("bit-rot", "2.0").file("bit_rot.py", "").filler(2 << 20).build(), false);
}

fn damaged(dist: &Dist, small: bool) {
    let house = House::new();
    house.upstream.publish(dist);
    let address = path("bit-rot", dist);
    assert_eq!(house.fondaco.get(&address, &[]).status, 200);
    let digest = dist.sha256().to_string();
    let blob = house.data.path().join("files/sha256").join(&digest[..2]).join(&digest);
    let mut bytes = dist.bytes.as_ref().clone();
    bytes[100] ^= 1;
    std::fs::remove_file(&blob).unwrap();
    std::fs::write(&blob, bytes).unwrap();
    if !small {
        let answer = house.fondaco.get(&address, &[]);
        assert!(!answer.complete, "the damaged file never arrives whole");
    }
    let answer = house.fondaco.get(&address, &[]);
    assert_eq!((answer.status, answer.body.as_slice()), (200, dist.bytes.as_slice()));
    assert!(blob.with_extension("damaged").exists());
}
