//! Webhooks: signed, sent again until they arrive, and never to an address inside that nobody has allowed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ring::hmac;
use serde_json::Value;

use crate::house::House;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// The same in hex.
const KEY: &str = "31f290f6bf06298aab4f08d43c3f082cf648a362da2da4b0";

/// One message as it arrived: its headers by name, and its body.
type Arrived = (Vec<(String, String)>, Vec<u8>);

/// A receiver that answers with these statuses, the last one for ever.
fn receiver(statuses: &'static [u16]) -> (u16, Receiver<Arrived>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (arrived, messages) = channel();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut headers = Vec::new();
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap() == 0 || line.trim().is_empty() {
                    break;
                }
                if let Some((name, value)) = line.trim().split_once(": ") {
                    headers.push((name.to_ascii_lowercase(), value.to_owned()));
                }
            }
            let length = header(&headers, "content-length").parse().unwrap_or(0);
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let status = statuses[number.min(statuses.len() - 1)];
            // Nobody listens any more when the test is over.
            let _ = arrived.send((headers, body));
            let answer = format!("HTTP/1.1 {status} So\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (port, messages)
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

fn next(messages: &Receiver<Arrived>) -> Arrived {
    messages.recv_timeout(Duration::from_secs(60)).expect("a message")
}

fn signed(headers: &[(String, String)], body: &[u8]) -> bool {
    let hex = |text: &str| u8::from_str_radix(text, 16).unwrap();
    let bytes: Vec<u8> = KEY.as_bytes().chunks(2).map(|two| hex(std::str::from_utf8(two).unwrap())).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
    let (id, at) = (header(headers, "webhook-id"), header(headers, "webhook-timestamp"));
    let text = [id.as_bytes(), b".", at.as_bytes(), b".", body].concat();
    let expected = hmac::sign(&key, &text);
    let given = header(headers, "webhook-signature").strip_prefix("v1,").unwrap_or_default();
    base64(expected.as_ref()) == given
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number =
            three.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = ALPHABET[(number >> (18 - 6 * place) & 63) as usize] as char;
            text.push(if place > three.len() { '=' } else { letter });
        }
    }
    text
}

#[test]
fn a_message_is_signed_and_sent_again_until_it_arrives() {
    let (port, messages) = receiver(&[500, 204]);
    let (inside, never) = receiver(&[204]);
    let hook = |name: &str, port: u16, more: &str| {
        format!(
            "[[notify.webhooks]]\nname = '{name}'\nurl = 'http://127.0.0.1:{port}/hook'\nsecret = '{SECRET}'\n{more}"
        )
    };
    let operators = "[notify]\noperators = ['ops@example.invalid']\n".to_owned();
    let config = operators
        + &hook("chat", port, "private = true\nkinds = ['switch.changed']\n")
        + &hook("found-inside", inside, "");
    let house = House::with_config(&config);
    house.fondaco.admin(&["switch", "on", "no-uploads", "--reason", "a \"test\""]).ok();
    let (first, body) = next(&messages);
    assert!(signed(&first, &body), "{first:?} {}", String::from_utf8_lossy(&body));
    let message: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&message["type"], &message["data"]["subject"]),
        (&"switch.changed".into(), &"no-uploads".into())
    );
    assert!(message["data"]["text"].as_str().unwrap().contains("a \"test\""), "{message}");
    // It was answered with 500: the same message comes again.
    let (second, again) = next(&messages);
    assert!(signed(&second, &again));
    assert_eq!((header(&first, "webhook-id"), &body), (header(&second, "webhook-id"), &again));
    // A test goes to every endpoint, whatever kinds it asks for.
    house.fondaco.admin(&["notices", "--test"]).ok();
    let (third, body) = next(&messages);
    assert!(signed(&third, &body) && String::from_utf8_lossy(&body).contains("\"test\""));
    assert_ne!(header(&third, "webhook-id"), header(&first, "webhook-id"));
    // The operators get mails of the same.
    let mails = house.data.path().join("mail");
    let told = || {
        let files = std::fs::read_dir(&mails).into_iter().flatten().flatten();
        let texts = files.map(|file| std::fs::read_to_string(file.path()).unwrap_or_default());
        texts
            .filter(|text| text.contains("To: ops@example.invalid"))
            .any(|text| text.contains("switch.changed"))
    };
    let until = std::time::Instant::now() + Duration::from_secs(60);
    while !told() {
        assert!(std::time::Instant::now() < until, "no mail; the log:\n{}", house.fondaco.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    // The other endpoint lies inside, and nobody has said that it may.
    house.fondaco.stop();
    assert!(never.try_recv().is_err());
    assert!(house.fondaco.log().contains("no public address"), "{}", house.fondaco.log());
    assert!(!house.fondaco.log().contains(SECRET));
}

#[test]
fn what_waits_is_sent_after_a_restart() {
    let (port, messages) = receiver(&[204]);
    let config = format!(
        "[[notify.webhooks]]\nname = 'chat'\nurl = 'http://127.0.0.1:{port}/hook'\nsecret = '{SECRET}'\nprivate = true\n"
    );
    let house = House::with_config(&config);
    house.fondaco.stop();
    house.fondaco.admin(&["quarantine", "some-thing", "--reason", "a report"]).ok();
    let house = house.restarted();
    let (headers, body) = next(&messages);
    assert!(signed(&headers, &body) && String::from_utf8_lossy(&body).contains("project.quarantined"));
    drop(house);
}
