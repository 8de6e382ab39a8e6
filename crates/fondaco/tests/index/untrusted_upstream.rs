//! What an upstream is trusted with, and with what not (design §4).

use fondaco_testkit::{Fondaco, Misbehaviour, Upstream, Wheel};

use crate::house::{BIN, House, path, wheel};

#[test]
fn a_lie_about_a_hash_is_a_502_and_nothing_is_stored() {
    let house = House::new();
    let dist = wheel("liar", "1.0");
    house.upstream.publish(&dist).lies_about_hash();
    let answer = house.fondaco.get(&path("liar", &dist), &[]);
    assert_eq!(answer.status, 502, "{}", answer.text());
    assert!(answer.text().contains("nothing was stored"), "{}", answer.text());
    assert_eq!(house.journal_of(&dist.file_name), ["digest-mismatch"]);
    let audit = house.fondaco.admin(&["audit"]).ok().stdout;
    assert!(audit.contains("digest-mismatch"), "{audit}");
    let stored = std::fs::read_dir(house.data.path().join("files/sha256")).unwrap().count();
    assert_eq!(stored, 0);
}

#[test]
fn the_first_sight_pins_and_an_operator_moves_the_pin() {
    let house = House::new();
    let first = wheel("mutable", "1.0");
    let other = Wheel::new("mutable", "1.0").file("mutable/__init__.py", "VALUE = 2\n").build();
    house.upstream.publish(&first);
    house.listing("mutable");
    house.upstream.file(&first.file_name).replaced_by(&other);
    let address = path("mutable", &first);
    let answer = house.fondaco.get(&address, &[]);
    assert_eq!(answer.status, 403);
    assert!(answer.reason.contains("upstream changed the file under the same name"), "{}", answer.reason);
    let listed = house.listed("mutable", &first.file_name);
    assert_eq!(listed["hashes"]["sha256"], first.sha256().to_string());
    assert!(house.journal_of(&first.file_name).contains(&"digest-changed".to_owned()));
    let audit = house.fondaco.admin(&["audit"]).ok().stdout;
    assert!(
        audit.contains(&first.sha256().to_string()) && audit.contains(&other.sha256().to_string()),
        "{audit}"
    );
    house.fondaco.admin(&["allow", &other.sha256().to_string(), "--reason", "they told us"]).ok();
    let answer = house.fondaco.get(&address, &[]);
    assert_eq!((answer.status, answer.body.as_slice()), (200, other.bytes.as_slice()));
    assert_eq!(house.listed("mutable", &first.file_name)["hashes"]["sha256"], other.sha256().to_string());
    // The pin was never lost: without the ruling it counts again.
    house.fondaco.admin(&["withdraw", "1", "--reason", "they did not"]).ok();
    assert_eq!(house.fondaco.get(&address, &[]).status, 403);
    assert_eq!(house.listed("mutable", &first.file_name)["hashes"]["sha256"], first.sha256().to_string());
}

#[test]
fn a_hash_that_upstream_gives_later_is_pinned() {
    let house = House::new();
    let dist = wheel("later", "1.0");
    house.upstream.publish(&dist).no_hash();
    house.listing("later");
    house.upstream.publish(&dist).lies_about_hash();
    assert_eq!(house.fondaco.get(&path("later", &dist), &[]).status, 502);
}

#[test]
fn without_a_hash_it_is_computed_and_pinned() {
    let house = House::new();
    let dist = wheel("hashless", "1.0");
    house.upstream.publish(&dist).no_hash();
    assert_eq!(house.listed("hashless", &dist.file_name)["hashes"], serde_json::json!({}));
    assert_eq!(house.fondaco.get(&path("hashless", &dist), &[]).status, 200);
    let digest = dist.sha256().to_string();
    assert_eq!(house.listed("hashless", &dist.file_name)["hashes"]["sha256"], digest.as_str());
    let fetched = house.fondaco.journal().into_iter().find(|entry| entry["kind"] == "file-fetched").unwrap();
    assert!(fetched["detail"].as_str().unwrap().contains("unverified"), "{fetched}");
}

#[test]
fn upload_times_that_can_not_be_are_replaced_by_the_first_sight() {
    let house = House::new();
    for (version, time) in
        [("1.0", None), ("2.0", Some("2999-01-01T00:00:00Z")), ("3.0", Some("2020-01-01T00:00:00Z"))]
    {
        let listing = house.upstream.publish(&wheel("timely", version));
        match time {
            None => listing.no_upload_time(),
            Some(time) => listing.uploaded(time),
        };
    }
    let now = "20";
    let time = |version: &str| {
        let file = house.listed("timely", &format!("timely-{version}-py3-none-any.whl"));
        file["upload-time"].as_str().unwrap().to_owned()
    };
    let old = "2020-01-01T00:00:00.000000Z";
    assert_eq!(time("3.0"), old);
    for version in ["1.0", "2.0"] {
        let seen = time(version);
        assert!(seen.starts_with(now) && seen.as_str() > "2024" && seen.as_str() < "2900", "{seen}");
    }
    // It was not there when the page was seen before, so it can't be that old.
    house.upstream.publish(&wheel("timely", "4.0")).uploaded("2020-01-01T00:00:00Z");
    assert_ne!(time("4.0"), old);
}

#[test]
fn a_page_that_is_garbage_is_a_502() {
    let house = House::new();
    let says = |content_type: &str, body: &[u8]| Misbehaviour::Says {
        content_type: content_type.into(),
        body: body.to_vec().into(),
    };
    for (at, (how, status)) in [
        (says("application/vnd.pypi.simple.v1+json", b"{\"meta\""), 502),
        (says("application/vnd.pypi.simple.v1+json", b"[1, 2]"), 502),
        (says("application/vnd.pypi.simple.v1+json", b"\xff\xfe\x00"), 502),
        (
            says("application/vnd.pypi.simple.v1+json", b"{\"meta\":{\"api-version\":\"2.0\"},\"files\":[]}"),
            502,
        ),
        (says("image/png", b"\x89PNG"), 502),
        (says("text/html", b"no markup at all"), 502),
        (says("text/html", b"<html><form></form><a href='/login'>log in</a></html>"), 502),
        (Misbehaviour::Status(500), 502),
        (Misbehaviour::Status(503), 502),
        (Misbehaviour::RedirectsToItself, 502),
        (Misbehaviour::ClosesAfter(20), 502),
        (Misbehaviour::Status(404), 404),
    ]
    .into_iter()
    .enumerate()
    {
        let project = format!("garbage-{at}");
        house.upstream.publish(&wheel(&project, "1.0"));
        house.upstream.misbehave(&format!("/simple/{project}/"), how);
        let answer = house.fondaco.get(&format!("/simple/{project}/"), &[]);
        assert_eq!(answer.status, status, "{at}: {}", answer.text());
        assert!(!answer.json()["detail"].as_str().unwrap().is_empty());
    }
}

#[test]
fn a_file_that_breaks_off_or_never_comes_is_not_stored() {
    let house = House::new();
    for (project, how) in [
        ("breaks", Misbehaviour::ClosesAfter(100)),
        ("fails", Misbehaviour::Status(500)),
        ("gone", Misbehaviour::Status(404)),
        ("rounds", Misbehaviour::RedirectsToItself),
        // Found addresses may not lead inside.
        ("inside", Misbehaviour::RedirectsTo("http://169.254.169.254/latest/meta-data".into())),
        ("loopback", Misbehaviour::RedirectsTo("http://127.0.0.1:9/x".into())),
        ("mapped", Misbehaviour::RedirectsTo("http://[::ffff:127.0.0.1]:9/x".into())),
        ("named", Misbehaviour::RedirectsTo("http://localhost:9/x".into())),
        ("scheme", Misbehaviour::RedirectsTo("file:///etc/passwd".into())),
    ] {
        let dist = wheel(project, "1.0");
        let listing = house.upstream.publish(&dist);
        listing.misbehave(how);
        let answer = house.fondaco.get(&path(project, &dist), &[]);
        assert_eq!(answer.status, 502, "{project}: {}", answer.text());
        assert!(house.journal_of(&dist.file_name).is_empty());
    }
    let other = Upstream::new();
    let dist = wheel("elsewhere", "1.0");
    other.publish(&dist);
    let address = other.url(&other.file(&dist.file_name).path());
    house.upstream.publish(&dist).url(&address);
    assert_eq!(house.fondaco.get(&path("elsewhere", &dist), &[]).status, 502);
    assert!(other.requests().is_empty(), "another port of this machine was reached");
}

#[test]
fn allow_hosts_widens_what_found_addresses_may_reach() {
    let house = House::with_config("allow_hosts = ['127.0.0.1']\n");
    let other = Upstream::new();
    let dist = wheel("elsewhere", "1.0");
    other.publish(&dist);
    let address = other.url(&other.file(&dist.file_name).path());
    house.upstream.publish(&dist).url(&address);
    assert_eq!(house.fondaco.get(&path("elsewhere", &dist), &[]).status, 200);
}

#[test]
fn credentials_go_to_their_own_origin_only_and_are_never_shown() {
    let upstream = Upstream::new();
    let other = Upstream::new();
    upstream.require_credentials("me", "s3cret");
    let (own, away) = (wheel("private", "1.0"), wheel("private", "2.0"));
    upstream.publish(&own);
    other.publish(&away);
    upstream.publish(&away).url(&other.url(&other.file(&away.file_name).path()));
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("fondaco.toml"), "[upstream]\nallow_hosts = ['127.0.0.1']\n").unwrap();
    let url = upstream.index_url().replace("http://", "http://me:s3cret@");
    let fondaco = Fondaco::start(BIN, data.path(), &["--upstream", &url]);
    for dist in [&own, &away] {
        assert_eq!(fondaco.get(&path("private", dist), &[]).status, 200);
    }
    assert!(other.requests().iter().all(|request| request.header("authorization").is_none()));
    let shown = format!(
        "{}{}{}{}",
        fondaco.get("/readyz", &[]).text(),
        fondaco.admin(&["journal"]).text(),
        fondaco.admin(&["audit"]).text(),
        fondaco.log()
    );
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[test]
fn an_upstream_that_is_gone_or_silent() {
    let house = House::new();
    let dist = wheel("silent", "1.0");
    house.upstream.publish(&dist).misbehave(Misbehaviour::NeverAnswers);
    // The first answer says to come again, a later one that upstream did not answer.
    let first = house.fondaco.get(&path("silent", &dist), &[]);
    assert_eq!(first.status, 503);
    assert!(first.header("retry-after").is_some());
    let mut last = first.status;
    // Whichever answer falls together with the end of waiting for upstream, one of these has it.
    for _ in 0..12 {
        last = house.fondaco.get(&path("silent", &dist), &[]).status;
        if last != 503 {
            break;
        }
    }
    assert_eq!(last, 504);
    house.upstream.stop();
    let answer = house.fondaco.get("/simple/never-seen/", &[]);
    assert_eq!(answer.status, 502, "{}", answer.text());
    assert!(answer.text().contains("can't be reached"), "{}", answer.text());
    assert_eq!(house.fondaco.get("/simple/silent/", &[]).status, 200, "what is known is still served");
}

#[test]
fn a_silent_upstream_holds_nobody_up_who_can_have_an_older_page() {
    let house = House::new();
    house.upstream.publish(&wheel("known-lib", "1.0"));
    house.upstream.publish(&wheel("new-lib", "1.0"));
    house.listing("known-lib");
    for project in ["known-lib", "new-lib"] {
        house.upstream.misbehave(&format!("/simple/{project}/"), Misbehaviour::NeverAnswers);
    }
    let started = std::time::Instant::now();
    house.listing("known-lib");
    assert!(started.elapsed() < std::time::Duration::from_secs(7), "{:?}", started.elapsed());
    // pip waits 15 s: the reason has to come before.
    let answer = house.fondaco.get("/simple/new-lib/", &[]);
    assert_eq!(answer.status, 504, "{}", answer.text());
    assert!(started.elapsed() < std::time::Duration::from_secs(7 + 14), "{:?}", started.elapsed());
}

#[test]
fn an_sdist_has_no_metadata_beside_it_whatever_upstream_says() {
    let house = House::new();
    let dist = fondaco_testkit::Sdist::new("source-only", "1.0")
        .file("setup.py", "from setuptools import setup\nsetup()\n")
        .build();
    house.upstream.publish(&dist).core_metadata(&b"Metadata-Version: 2.1\n"[..]);
    assert_eq!(house.listed("source-only", &dist.file_name)["core-metadata"], false);
    assert_eq!(house.fondaco.get(&path("source-only", &dist), &[]).status, 200);
}

#[test]
fn a_changed_address_keeps_the_store() {
    let house = House::new();
    let dist = wheel("moving", "1.0");
    house.upstream.publish(&dist);
    assert_eq!(house.fondaco.get(&path("moving", &dist), &[]).status, 200);
    house.fondaco.stop();
    let other = Upstream::new();
    other.publish(&dist);
    let fondaco = Fondaco::start(BIN, house.data.path(), &["--upstream", &other.index_url()]);
    assert_eq!(fondaco.get(&path("moving", &dist), &[]).status, 200);
    assert_eq!(other.count_under("/files/"), 0, "it was stored already");
    let kinds: Vec<_> =
        fondaco.journal().into_iter().filter(|entry| entry["kind"] == "upstream-set").collect();
    assert_eq!(kinds.len(), 2);
    // The log is whole once the server has ended.
    fondaco.stop();
    assert!(fondaco.log().contains("address has changed"), "{}", fondaco.log());
}

#[test]
fn many_first_requests_make_one_download_and_one_inspection() {
    let house = House::new();
    let dist = wheel("wanted", "1.0");
    let listing = house.upstream.publish(&dist);
    let at_upstream = listing.path();
    listing.misbehave(Misbehaviour::Late(std::time::Duration::from_millis(700)));
    let address = house.fondaco.url(&path("wanted", &dist));
    let threads: Vec<_> = (0..24)
        .map(|_| {
            let address = address.clone();
            std::thread::spawn(move || fondaco_testkit::fetch("GET", &address, &[], b"").unwrap().status)
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 200);
    }
    assert_eq!(house.upstream.count(&at_upstream), 1);
    let kinds = house.journal_of(&dist.file_name);
    assert_eq!(kinds, ["file-fetched", "file-inspected"]);
}
