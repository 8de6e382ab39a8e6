//! Clients that take for ever, and heads that are too large.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use fondaco_testkit::{Upload, Wheel};

use crate::house::{House, wheel};

/// The line that a connection is answered with, and after how long; no line where it is closed or
/// reset.
fn answered(stream: TcpStream, since: Instant) -> (String, Duration) {
    stream.set_read_timeout(Some(Duration::from_secs(150))).unwrap();
    let mut line = String::new();
    let _ = BufReader::new(stream).read_line(&mut line);
    (line.trim_end().to_owned(), since.elapsed())
}

/// Sends a byte every now and then, until nobody wants it.
fn trickle(mut stream: TcpStream, bytes: &[u8]) {
    for byte in bytes {
        if stream.write_all(&[*byte]).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

#[test]
fn whoever_sends_nothing_or_a_trickle_is_given_up_after_a_minute() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = Wheel::new("slow-lib", "1.0").filler(64 << 10).build();
    let (headers, body) = Upload::of(&dist).request(&token);
    let mut head = format!("POST /legacy/ HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in &headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let open = || TcpStream::connect(("127.0.0.1", house.fondaco.port())).unwrap();
    let (mut headless, mut silent, mut slow) = (open(), open(), open());
    headless.write_all(b"GET /simple/ HTTP/1.1\r\nX: ").unwrap();
    for stream in [&mut silent, &mut slow] {
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&body[..body.len() / 2]).unwrap();
    }
    let since = Instant::now();
    let (first, second, third) = std::thread::scope(|scope| {
        let (more, rest) = (headless.try_clone().unwrap(), slow.try_clone().unwrap());
        scope.spawn(move || trickle(more, &[b'x'; 300]));
        scope.spawn(|| trickle(rest, &body[body.len() / 2..][..300]));
        let waiting = [headless, silent, slow].map(|one| scope.spawn(move || answered(one, since)));
        // Nobody else has to wait for them.
        let other = wheel("quick-lib", "1.0");
        assert_eq!(Upload::of(&other).send(&house.fondaco, &token).status, 200);
        let [first, second, third] = waiting.map(|thread| thread.join().unwrap());
        (first, second, third)
    });
    for (said, after) in [&first, &second, &third] {
        assert!((55..120).contains(&after.as_secs()), "{said:?} after {after:?}");
    }
    // A request whose head never came has no answer.
    assert!(["", "HTTP/1.1 408 Request Timeout"].contains(&first.0.as_str()), "{}", first.0);
    for (said, _) in [second, third] {
        assert_eq!(said, "HTTP/1.1 408 the upload comes too slowly");
    }
    assert!(house.journal_of(&dist.file_name).is_empty());
    assert_eq!(std::fs::read_dir(house.data.path().join("files/incoming")).unwrap().count(), 0);
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
}

#[test]
fn a_head_of_too_many_lines_is_refused() {
    let house = House::new();
    let many: Vec<(String, String)> = (0..200).map(|n| (format!("X-{n}"), "x".to_owned())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(house.fondaco.get("/simple/", &many).status, 431);
    assert_eq!(house.fondaco.get("/simple/", &many[..50]).status, 200);
}
