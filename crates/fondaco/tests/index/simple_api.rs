//! The Simple API, as clients see it (index-standard §1).

use fondaco_pydist::ProjectStatus;

use crate::house::{House, JSON, path, wheel};

#[test]
fn negotiates_redirects_and_revalidates() {
    let house = House::new();
    house.upstream.publish(&wheel("some-lib", "1.0"));
    let get = |path: &str, accept: &str| house.fondaco.get(path, &[("Accept", accept)]);
    for (accept, kind) in [
        ("", "text/html"),
        ("*/*", "text/html"),
        (JSON, JSON),
        ("application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.v1+html"),
        ("application/vnd.pypi.simple.v1+json, text/html;q=0.1", JSON),
    ] {
        let answer = if accept.is_empty() {
            house.fondaco.get("/simple/some-lib/", &[])
        } else {
            get("/simple/some-lib/", accept)
        };
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{accept}");
        assert_eq!(answer.header("vary"), Some("Accept, Accept-Encoding"));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
    }
    assert_eq!(get("/simple/some-lib/", "application/xml").status, 406);
    assert_eq!(get("/simple/", "application/xml").status, 406);
    let moved = get("/simple/Some.Lib/?format=x", JSON);
    assert_eq!((moved.status, moved.header("location")), (301, Some("../some-lib/?format=x")));
    assert_eq!(get("/simple/Some_Lib", JSON).header("location"), Some("some-lib/"));
    let first = get("/simple/some-lib/", JSON);
    let etag = first.header("etag").unwrap().to_owned();
    let again = house.fondaco.get("/simple/some-lib/", &[("Accept", JSON), ("If-None-Match", &etag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let html = house.fondaco.get("/simple/some-lib/", &[("If-None-Match", &etag)]);
    assert_eq!(html.status, 200, "another representation has another tag");
    let gzip = house.fondaco.get("/simple/some-lib/", &[("Accept", JSON), ("Accept-Encoding", "gzip")]);
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert_ne!(gzip.header("etag"), Some(etag.as_str()));
    let root = get("/simple/", JSON).json();
    assert_eq!(root["projects"][0]["name"], "some-lib");
    assert!(root["meta"]["_last-serial"].as_u64().unwrap() > 0);
}

#[test]
fn unknown_and_bad_names_are_404_with_a_hint() {
    let house = House::new();
    let unknown = house.fondaco.get("/simple/nothing-here/", &[]);
    assert_eq!(unknown.status, 404);
    assert!(unknown.json()["detail"].as_str().unwrap().contains("nothing-here"));
    let bad = house.fondaco.get("/simple/Some%20Lib!/", &[]);
    assert_eq!(bad.status, 404);
    assert!(bad.json()["hint"].as_str().unwrap().contains("somelib"), "{}", bad.text());
    assert_eq!(house.fondaco.get("/files/default/x/x-1.tar.gz", &[]).status, 404);
    assert_eq!(house.fondaco.get("/files/other/x/x-1.tar.gz", &[]).status, 404);
    assert_eq!(house.fondaco.get("/files/default/x/..%2f..%2fetc", &[]).status, 404);
    assert_eq!(house.fondaco.get("/nowhere", &[]).status, 404);
    assert_eq!(house.upstream.count("/simple/nothing-here/"), 1);
}

#[test]
fn what_upstream_says_is_passed_on() {
    let house = House::new();
    let (one, two) = (wheel("told-lib", "1.0"), wheel("told-lib", "2.0"));
    house
        .upstream
        .publish(&one)
        .uploaded("2020-01-02T03:04:05.678901Z")
        .yanked(Some("a \"bad\" <one>"))
        .requires_python(Some(">=3.8"))
        .provenance("https://index.example/integrity/told-lib");
    house.upstream.publish(&two);
    house.upstream.project("told-lib").status(ProjectStatus::Deprecated, Some("use the other"));
    let listing = house.listing("told-lib");
    assert_eq!(listing["meta"]["api-version"], "1.4");
    assert_eq!(listing["project-status"]["status"], "deprecated");
    assert_eq!(listing["project-status"]["reason"], "use the other");
    assert_eq!(listing["versions"], serde_json::json!(["1.0", "2.0"]));
    let file = house.listed("told-lib", &one.file_name);
    assert_eq!(file["upload-time"], "2020-01-02T03:04:05.678901Z");
    assert_eq!(file["yanked"], "a \"bad\" <one>");
    assert_eq!(file["requires-python"], ">=3.8");
    assert_eq!(file["size"], one.bytes.len());
    assert_eq!(file["hashes"]["sha256"], one.sha256().to_string());
    assert!(file["core-metadata"]["sha256"].is_string());
    // It was not verified here.
    assert_eq!(file["provenance"], serde_json::Value::Null);
    let metadata = house.fondaco.get(&format!("{}.metadata", path("told-lib", &one)), &[]);
    assert_eq!(metadata.body, one.metadata.unwrap());
    let html = house.fondaco.get("/simple/told-lib/", &[]).text();
    assert!(html.contains("data-requires-python=\"&gt;=3.8\""), "{html}");
    assert!(html.contains("data-yanked=\"a &quot;bad&quot; &lt;one&gt;\""), "{html}");
    assert!(html.contains("pypi:project-status\" content=\"deprecated\""), "{html}");
}

#[test]
fn a_project_in_quarantine_offers_nothing() {
    let house = House::new();
    let dist = wheel("locked-lib", "1.0");
    house.upstream.publish(&dist);
    assert_eq!(house.fondaco.get(&path("locked-lib", &dist), &[]).status, 200);
    house.upstream.project("locked-lib").status(ProjectStatus::Quarantined, None);
    let listing = house.listing("locked-lib");
    assert_eq!(listing["project-status"]["status"], "quarantined");
    assert_eq!(listing["files"], serde_json::json!([]));
    assert_eq!(house.fondaco.get(&path("locked-lib", &dist), &[]).status, 403);
}

#[test]
fn files_are_revalidated_and_served_in_parts() {
    let house = House::new();
    let dist = wheel("part-lib", "1.0");
    house.upstream.publish(&dist);
    let address = path("part-lib", &dist);
    let whole = house.fondaco.get(&address, &[]);
    assert_eq!(whole.header("cache-control"), Some("private, no-cache"));
    let etag = whole.header("etag").unwrap();
    assert_eq!(house.fondaco.get(&address, &[("If-None-Match", etag)]).status, 304);
    let part = house.fondaco.get(&address, &[("Range", "bytes=10-19"), ("If-Range", etag)]);
    assert_eq!((part.status, part.body.as_slice()), (206, &dist.bytes[10..20]));
    assert_eq!(part.header("content-range"), Some(format!("bytes 10-19/{}", dist.bytes.len()).as_str()));
    let tail = house.fondaco.get(&address, &[("Range", "bytes=-5")]);
    assert_eq!(tail.body.as_slice(), &dist.bytes[dist.bytes.len() - 5..]);
    assert_eq!(house.fondaco.get(&address, &[("Range", "bytes=999999999-")]).status, 416);
    let head = fondaco_testkit::fetch("HEAD", &house.fondaco.url(&address), &[], b"").unwrap();
    assert_eq!(head.header("content-length"), Some(dist.bytes.len().to_string().as_str()));
    // Names that a client may ask by are many; the file is one.
    assert_eq!(house.fondaco.get(&address.replace("part-lib", "Part_Lib"), &[]).status, 200);
}

#[test]
fn health_and_readiness() {
    let house = House::new();
    assert_eq!(house.fondaco.get("/healthz", &[]).text(), "ok\n");
    let ready = house.fondaco.get("/readyz", &[]).json();
    assert_eq!((ready["status"].as_str(), ready["sandbox"].as_str()), (Some("ready"), Some("full")));
    let post = fondaco_testkit::fetch("POST", &house.fondaco.url("/simple/"), &[], b"x").unwrap();
    assert_eq!(post.status, 405);
}

#[test]
fn a_misspelt_project_is_answered_with_what_was_meant() {
    let house = House::new();
    let answer = house.fondaco.get("/simple/reqeusts/", &[]);
    assert_eq!(answer.status, 404);
    assert!(answer.reason.contains("did you mean requests"), "{}", answer.reason);
    assert!(answer.json()["hint"].as_str().unwrap().starts_with("did you mean requests"));
    let answer = house.fondaco.get("/simple/entirely-my-own-idea/", &[]);
    assert!(!answer.text().contains("did you mean"), "{}", answer.text());
}
