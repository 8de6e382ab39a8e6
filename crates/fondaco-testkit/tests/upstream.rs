//! The local index: what it serves, and one short test for each misbehaviour.

use std::io::Read;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use fondaco_pydist::{ProjectStatus, Sha256};
use fondaco_testkit::{Answer, Dist, FileUrls, Misbehaviour, Sdist, Upstream, Wheel, fetch};
use serde_json::{Value, json};

const JSON: (&str, &str) = ("Accept", "application/vnd.pypi.simple.v1+json");

fn wheel() -> Dist {
    Wheel::new("x", "1.0").requires_python(">=3.8").build()
}

fn page(upstream: &Upstream) -> Value {
    upstream.get("/simple/x/", &[JSON]).json()
}

fn first(upstream: &Upstream) -> Value {
    page(upstream)["files"][0].clone()
}

fn body(upstream: &Upstream) -> Answer {
    upstream.get(&format!("/files/{}", wheel().file_name), &[])
}

#[test]
fn a_page_in_json_says_everything() {
    let upstream = Upstream::new();
    let wheel = wheel();
    upstream.publish(&wheel).provenance("https://x.example.invalid/p").yanked(Some("broken"));
    upstream.publish(&Sdist::new("x", "1.1").build()).uploaded("2026-01-01T00:00:00Z");
    upstream.project("x").status(ProjectStatus::Deprecated, Some("use y"));
    let page = page(&upstream);
    assert_eq!(page["meta"]["api-version"], "1.4");
    assert_eq!(page["versions"], json!(["1.0", "1.1"]));
    assert_eq!(page["project-status"], json!({"status": "deprecated", "reason": "use y"}));
    let file = page["files"].as_array().unwrap().iter().find(|f| f["yanked"] == "broken").unwrap();
    assert_eq!(file["url"], upstream.url(&format!("/files/{}", wheel.file_name)));
    assert_eq!(file["size"], wheel.bytes.len());
    assert_eq!(file["hashes"]["sha256"], wheel.sha256().to_string());
    assert_eq!(file["requires-python"], ">=3.8");
    assert_eq!(file["upload-time"], "2024-01-02T03:04:05.678900Z");
    assert_eq!(file["provenance"], "https://x.example.invalid/p");
    let metadata = upstream.get(&format!("/files/{}.metadata", wheel.file_name), &[]).body;
    assert_eq!(Some(&metadata), wheel.metadata.as_ref());
    assert_eq!(file["core-metadata"]["sha256"], Sha256::of(&metadata).to_string());
    upstream.project("x").status(ProjectStatus::Quarantined, None);
    assert_eq!(self::page(&upstream)["files"], json!([]));
}

#[test]
fn html_on_request_or_always() {
    let upstream = Upstream::new();
    upstream.publish(&wheel()).yanked(Some(""));
    upstream.project("x").status(ProjectStatus::Archived, Some("a < b"));
    let html = upstream.get("/simple/x/", &[]);
    assert_eq!(html.header("content-type"), Some("text/html"));
    for part in
        ["#sha256=", "data-yanked=\"\"", "data-requires-python=\"&gt;=3.8\"", "reason\" content=\"a &lt; b"]
    {
        assert!(html.text().contains(part), "{part} is not in {}", html.text());
    }
    upstream.html_only(true);
    let html = upstream.get("/simple/x/", &[JSON]);
    assert_eq!(html.header("content-type"), Some("text/html"));
    assert!(upstream.get("/simple/", &[]).text().contains("/simple/x/"));
}

#[test]
fn pages_have_etags_and_files_have_ranges() {
    let upstream = Upstream::new();
    let wheel = wheel();
    let path = upstream.publish(&wheel).path();
    let etag = upstream.get("/simple/x/", &[JSON]).header("etag").unwrap().to_owned();
    let again = upstream.get("/simple/x/", &[JSON, ("If-None-Match", &etag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    upstream.publish(&Wheel::new("x", "2.0").build());
    assert_eq!(upstream.get("/simple/x/", &[JSON, ("If-None-Match", &etag)]).status, 200);

    let part = upstream.get(&path, &[("Range", "bytes=2-5")]);
    assert_eq!((part.status, part.body.as_slice()), (206, &wheel.bytes[2..6]));
    assert_eq!(upstream.get(&path, &[("Range", "bytes=999999-")]).status, 416);
    let head = fetch("HEAD", &upstream.url(&path), &[], &[]).unwrap();
    assert_eq!(head.header("content-length"), Some(wheel.bytes.len().to_string().as_str()));
    assert_eq!(upstream.count(&path), 3);
    assert_eq!(upstream.requests().last().unwrap().method, "HEAD");
    assert_eq!(upstream.get("/simple/X", &[]).header("location"), Some("/simple/x/"));
    assert_eq!(upstream.get("/simple/nothing/", &[]).status, 404);
}

#[test]
fn listings_can_lie_and_leave_out() {
    let upstream = Upstream::new();
    let wheel = wheel();
    let file = upstream.publish(&wheel).lies_about_hash().no_upload_time().no_core_metadata();
    let listed = first(&upstream);
    assert_ne!(listed["hashes"]["sha256"], wheel.sha256().to_string());
    assert_eq!((listed.get("upload-time"), &listed["core-metadata"]), (None, &json!(false)));
    assert_eq!(upstream.get(&file.metadata_path(), &[]).status, 404);

    let file = file.no_hash().core_metadata("Name: other\n").size(None);
    let listed = first(&upstream);
    assert_eq!((&listed["hashes"], listed.get("size")), (&json!({}), None));
    assert_eq!(listed["core-metadata"]["sha256"], Sha256::of(b"Name: other\n").to_string());
    assert_eq!(upstream.get(&file.metadata_path(), &[]).text(), "Name: other\n");

    let other = Wheel::new("x", "1.0").summary("Another.").build();
    let file = file.replaced_by(&other);
    assert_eq!(first(&upstream)["hashes"]["sha256"], other.sha256().to_string());
    assert_eq!(body(&upstream).body, *other.bytes);
    file.swapped_for("tricked");
    assert_eq!(first(&upstream)["hashes"]["sha256"], other.sha256().to_string());
    assert_eq!(body(&upstream).body, b"tricked");
}

#[test]
fn addresses_of_files() {
    let (upstream, other) = (Upstream::new(), Upstream::new());
    upstream.publish(&wheel());
    upstream.file_urls(FileUrls::Relative);
    assert_eq!(first(&upstream)["url"], format!("../../files/{}", wheel().file_name));
    upstream.file_urls(FileUrls::On(other.url("")));
    assert_eq!(first(&upstream)["url"], other.url(&format!("/files/{}", wheel().file_name)));
    upstream.file(&wheel().file_name).url("ftp://example.invalid/x");
    assert_eq!(first(&upstream)["url"], "ftp://example.invalid/x");
}

#[test]
fn a_throttle_and_a_pause_take_their_time() {
    let upstream = Upstream::new();
    let length = wheel().bytes.len() as u64;
    upstream.publish(&wheel()).misbehave(Misbehaviour::Throttled(length * 4));
    let start = Instant::now();
    assert_eq!(body(&upstream).body, *wheel().bytes);
    assert!(start.elapsed() >= Duration::from_millis(240), "{:?}", start.elapsed());
    upstream.file(&wheel().file_name).misbehave(Misbehaviour::Late(Duration::from_millis(200)));
    let start = Instant::now();
    assert!(body(&upstream).complete);
    assert!(start.elapsed() >= Duration::from_millis(200), "{:?}", start.elapsed());
}

#[test]
fn garbage_and_errors() {
    let upstream = Upstream::new();
    upstream.publish(&wheel()).misbehave(Misbehaviour::Status(503));
    assert_eq!((body(&upstream).status, body(&upstream).reason.as_str()), (503, "Service Unavailable"));
    let project = upstream.project("x").misbehave(Misbehaviour::says_json("[]"));
    assert_eq!(page(&upstream), json!([]));
    let headers = vec![("X-Y".to_owned(), "z".to_owned())];
    project.misbehave(Misbehaviour::Answers { status: 299, headers, body: b"?".to_vec().into() });
    let answer = upstream.get("/simple/x/", &[]);
    assert_eq!((answer.status, answer.header("x-y"), answer.text().as_str()), (299, Some("z"), "?"));
    upstream.misbehave_times("/simple/x/", 2, Misbehaviour::Status(500));
    let statuses: Vec<u16> = (0..3).map(|_| upstream.get("/simple/x/", &[]).status).collect();
    assert_eq!(statuses, [500, 500, 200]);
}

#[test]
fn bodies_that_end_early_or_stall() {
    let upstream = Upstream::new();
    let path = upstream.publish(&wheel()).misbehave(Misbehaviour::ClosesAfter(10)).path();
    assert_eq!((body(&upstream).body.len(), body(&upstream).complete), (10, false));
    for (how, expected) in [(Misbehaviour::StallsAfter(10), true), (Misbehaviour::NeverAnswers, false)] {
        upstream.misbehave(&path, how);
        let mut stream = TcpStream::connect(("127.0.0.1", upstream.port())).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        std::io::Write::write_all(&mut stream, format!("GET {path} HTTP/1.1\r\n\r\n").as_bytes()).unwrap();
        let mut bytes = Vec::new();
        let error = stream.read_to_end(&mut bytes).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
        assert_eq!(bytes.ends_with(&wheel().bytes[..10]), expected);
    }
}

#[test]
fn redirects() {
    let upstream = Upstream::new();
    let target = "http://169.254.169.254/latest/";
    let file = upstream.publish(&wheel()).misbehave(Misbehaviour::RedirectsTo(target.to_owned()));
    assert_eq!((body(&upstream).status, body(&upstream).header("location")), (302, Some(target)));
    let path = file.misbehave(Misbehaviour::RedirectsToItself).path();
    assert_eq!(body(&upstream).header("location"), Some(path.as_str()));
    upstream.behave(&path);
    assert_eq!(body(&upstream).status, 200);
}

#[test]
fn credentials() {
    let upstream = Upstream::new();
    upstream.require_credentials("aladdin", "opensesame");
    let refused = upstream.get("/simple/", &[]);
    assert_eq!((refused.status, refused.header("www-authenticate").is_some()), (401, true));
    let sent = ("Authorization", "Basic YWxhZGRpbjpvcGVuc2VzYW1l");
    assert_eq!(upstream.get("/simple/", &[sent]).status, 200);
}

#[test]
fn it_goes_and_comes_back_on_its_port() {
    let upstream = Upstream::new();
    let path = upstream.publish(&wheel()).misbehave(Misbehaviour::NeverAnswers).path();
    let url = upstream.url(&path);
    let waiting = std::thread::spawn(move || fetch("GET", &url, &[], &[]).is_err());
    while upstream.count(&path) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    upstream.stop();
    assert!(waiting.join().unwrap(), "the open connection is closed");
    assert!(fetch("GET", &upstream.index_url(), &[], &[]).is_err());
    upstream.start();
    assert_eq!(upstream.get("/simple/x/", &[]).status, 200);
    upstream.project("x").remove();
    assert_eq!(upstream.get("/simple/x/", &[]).status, 404);
}
