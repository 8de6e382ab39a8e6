//! Yanked, archived, in quarantine, deleted, and each of that undone.

use fondaco_testkit::{Clients, Installer, Sdist, Upload, Wheel, honest_module};
use serde_json::json;

use crate::house::{House, JSON, path, wheel};
use crate::uploads::own;

fn published(house: &House, token: &str, version: &str) -> fondaco_testkit::Dist {
    let dist = Wheel::new("our-thing", version).file("our_thing/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&dist).send(&house.fondaco, token).status, 200);
    dist
}

#[test]
fn a_yanked_release_is_taken_only_when_pinned() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let (old, new) = (published(&house, &token, "1.0"), published(&house, &token, "2.0"));
    house.listing("our-thing");
    house.fondaco.admin(&["yank", "our-thing==2.0", "--reason", "loses \"data\" <b>"]).ok();
    assert_eq!(house.listed("our-thing", &new.file_name)["yanked"], "loses \"data\" <b>");
    assert_eq!(house.listed("our-thing", &old.file_name)["yanked"], false);
    let html = house.fondaco.get("/simple/our-thing/", &[("Accept", "text/html")]).text();
    assert!(html.contains("data-yanked=\"loses &quot;data&quot; &lt;b&gt;\""), "{html}");
    let index = house.fondaco.index_url();
    let clients = Clients::new();
    clients.pip(&["install", "--index-url", &index, "our-thing"]).ok();
    assert_eq!(clients.installed(Installer::Pip), ["our_thing-1.0"]);
    clients.uv(&["pip", "install", "--default-index", &index, "our-thing==2.0"]).ok();
    assert_eq!(clients.installed(Installer::Uv), ["our_thing-2.0"]);
    // What comes late to a yanked release is yanked as well.
    let late = Sdist::new("our-thing", "2.0").file("our_thing/__init__.py", honest_module()).build();
    assert_eq!(Upload::of(&late).send(&house.fondaco, &token).status, 200);
    assert_eq!(house.listed("our-thing", &late.file_name)["yanked"], "loses \"data\" <b>");
    house.fondaco.admin(&["unyank", "our-thing==2", "--reason", "it was another"]).ok();
    assert_eq!(house.listed("our-thing", &new.file_name)["yanked"], false);
    house.fondaco.admin(&["yank", &old.file_name, "--reason", ""]).ok();
    assert_eq!(house.listed("our-thing", &old.file_name)["yanked"], true);
    for wrong in ["our-thing", "our-thing==3.0", "other-thing==1.0"] {
        assert!(!house.fondaco.admin(&["yank", wrong, "--reason", "x"]).success(), "{wrong}");
    }
    let kinds: Vec<_> = house.fondaco.journal().iter().map(|entry| entry["kind"].clone()).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "yanked").count(), 2);
    assert_eq!(kinds.iter().filter(|kind| *kind == "unyanked").count(), 1);
}

#[test]
fn archived_takes_no_uploads_and_keeps_its_files() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = published(&house, &token, "1.0");
    house.fondaco.admin(&["status", "our-thing", "archived", "--reason", "replaced by their-thing"]).ok();
    let listing = house.listing("our-thing");
    assert_eq!(listing["project-status"], json!({"status": "archived", "reason": "replaced by their-thing"}));
    assert_eq!(house.fondaco.get(&own("our-thing", &dist), &[]).status, 200);
    let next = Wheel::new("our-thing", "2.0").file("our_thing/__init__.py", honest_module()).build();
    let answer = Upload::of(&next).send(&house.fondaco, &token);
    assert_eq!(
        (answer.status, answer.reason.as_str()),
        (403, "Project 'our-thing' is archived and takes no uploads.")
    );
    house.fondaco.admin(&["status", "our-thing", "deprecated", "--reason", "use their-thing"]).ok();
    assert_eq!(house.listing("our-thing")["project-status"]["status"], "deprecated");
    assert_eq!(Upload::of(&next).send(&house.fondaco, &token).status, 200, "deprecated is a warning only");
    house.fondaco.admin(&["status", "our-thing", "active", "--reason", "back"]).ok();
    assert_eq!(house.listing("our-thing")["project-status"], json!({"status": "active"}));
    let wrong = house.fondaco.admin(&["status", "our-thing", "quarantined", "--reason", "x"]);
    assert!(!wrong.success() && wrong.stderr.contains("fondaco admin quarantine"), "{}", wrong.stderr);
}

/// What is closed to everybody: the file, its `.metadata`, `HEAD`.
fn closed(house: &House, address: &str) {
    for path in [address.to_owned(), format!("{address}.metadata")] {
        let answer = house.fondaco.get(&path, &[]);
        assert_eq!(answer.status, 403, "{path}: {}", answer.text());
        assert!(
            answer.reason.starts_with("held by Fondaco (an operator has put it in quarantine)"),
            "{}",
            answer.reason
        );
    }
    let head = fondaco_testkit::fetch("HEAD", &house.fondaco.url(address), &[], b"").unwrap();
    assert_eq!(head.status, 403);
}

#[test]
fn quarantine_closes_a_project_a_release_or_a_file() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let (old, new) = (published(&house, &token, "1.0"), published(&house, &token, "2.0"));
    // A release.
    house.fondaco.admin(&["quarantine", "our-thing==2.0", "--reason", "looks odd"]).ok();
    closed(&house, &own("our-thing", &new));
    assert_eq!(house.listing("our-thing")["versions"], json!(["1.0"]));
    assert_eq!(house.fondaco.get(&own("our-thing", &old), &[]).status, 200);
    let sdist = Sdist::new("our-thing", "2.0").file("our_thing/__init__.py", honest_module()).build();
    let answer = Upload::of(&sdist).send(&house.fondaco, &token);
    assert_eq!(
        (answer.status, answer.reason.as_str()),
        (403, "This release is in quarantine and takes no uploads.")
    );
    house.fondaco.admin(&["unquarantine", "our-thing==2.0", "--reason", "it is fine"]).ok();
    assert_eq!(house.fondaco.get(&own("our-thing", &new), &[]).status, 200);
    // A file.
    assert_eq!(Upload::of(&sdist).send(&house.fondaco, &token).status, 200);
    house.fondaco.admin(&["quarantine", &new.file_name, "--reason", "looks odd"]).ok();
    closed(&house, &own("our-thing", &new));
    let names: Vec<_> = house.listing("our-thing")["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["filename"].clone())
        .collect();
    assert_eq!(names, [json!(old.file_name), json!(sdist.file_name)]);
    // The whole project.
    house.fondaco.admin(&["quarantine", "our-thing", "--reason", "a stolen token"]).ok();
    let listing = house.listing("our-thing");
    assert_eq!(listing["project-status"], json!({"status": "quarantined", "reason": "a stolen token"}));
    assert_eq!((listing["files"].clone(), listing["versions"].clone()), (json!([]), json!([])));
    closed(&house, &own("our-thing", &old));
    let root = house.fondaco.get("/simple/", &[("Accept", JSON)]).json();
    assert_eq!(root["projects"], json!([]));
    let more = Wheel::new("our-thing", "3.0").file("our_thing/__init__.py", honest_module()).build();
    let answer = Upload::of(&more).send(&house.fondaco, &token);
    assert_eq!(
        (answer.status, answer.reason.as_str()),
        (403, "Project 'our-thing' is in quarantine and takes no uploads.")
    );
    let all = house.fondaco.admin(&["quarantines", "--format", "json"]).ok().stdout;
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 2, "{all}");
    house.fondaco.admin(&["unquarantine", "our-thing", "--reason", "rotated"]).ok();
    assert_eq!(house.fondaco.get(&own("our-thing", &old), &[]).status, 200);
    assert!(!house.fondaco.admin(&["unquarantine", "our-thing", "--reason", "again"]).success());
    assert!(
        !house.fondaco.admin(&["quarantine", "our-thing==7.0", "--reason", "x"]).success(),
        "a slip is told"
    );
}

#[test]
fn what_was_pulled_through_goes_into_quarantine_as_well() {
    let house = House::new();
    let (good, bad) = (wheel("borrowed", "1.0"), wheel("borrowed", "2.0"));
    house.upstream.publish(&good);
    house.upstream.publish(&bad);
    assert_eq!(house.fondaco.get(&path("borrowed", &bad), &[]).status, 200);
    house.fondaco.admin(&["quarantine", "borrowed==2.0", "--reason", "an advisory"]).ok();
    closed(&house, &path("borrowed", &bad));
    assert_eq!(house.listing("borrowed")["versions"], json!(["1.0"]));
    house.fondaco.admin(&["quarantine", "borrowed", "--reason", "all of it"]).ok();
    closed(&house, &path("borrowed", &good));
    assert_eq!(house.listing("borrowed")["files"], json!([]));
}

#[test]
fn deletion_leaves_a_tombstone_and_is_undone() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let (old, new) = (published(&house, &token, "1.0"), published(&house, &token, "2.0"));
    assert!(
        !house.fondaco.admin(&["delete", "our-thing==2.0", "--reason", " "]).success(),
        "a reason is needed"
    );
    house.fondaco.admin(&["delete", "our-thing==2.0", "--reason", "by mistake"]).ok();
    assert_eq!(house.listing("our-thing")["versions"], json!(["1.0"]));
    for path in [own("our-thing", &new), format!("{}.metadata", own("our-thing", &new))] {
        assert_eq!(house.fondaco.get(&path, &[]).status, 404);
    }
    let tombstones: Vec<_> =
        house.fondaco.journal().into_iter().filter(|entry| entry["kind"] == "file-deleted").collect();
    assert_eq!(tombstones.len(), 1);
    assert_eq!(tombstones[0]["sha256"], new.sha256().to_string(), "mirrors know what to delete");
    // The evidence stays.
    let known = house.fondaco.get(&format!("/api/v1/files/{}", new.sha256()), &[]).json();
    assert_eq!(known["report"]["verdict"], "clean");
    house.fondaco.admin(&["undelete", "our-thing", "--reason", "it was the wrong one"]).ok();
    assert_eq!(house.fondaco.get(&own("our-thing", &new), &[]).body, *new.bytes);
    assert_eq!(house.listing("our-thing")["versions"], json!(["1.0", "2.0"]));
    assert!(!house.fondaco.admin(&["undelete", "our-thing", "--reason", "again"]).success());
    house.fondaco.admin(&["delete", "our-thing", "--reason", "all of it"]).ok();
    assert_eq!(house.fondaco.get("/simple/our-thing/", &[]).status, 404);
    assert_eq!(house.fondaco.get(&own("our-thing", &old), &[]).status, 404);
    let kinds = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(kinds.contains("\"delete\"") && kinds.contains("\"restore\""), "{kinds}");
}

#[test]
fn after_fourteen_days_a_release_is_closed_and_a_deletion_stays() {
    const FORTNIGHT: u64 = 14 * 86_400;
    let folder = tempfile::tempdir().unwrap();
    let clock = folder.path().join("clock");
    let set = |ahead: u64| std::fs::write(&clock, ahead.to_string()).unwrap();
    set(0);
    let house = House::with_env("", "FONDACO_TEST_CLOCK", clock.to_str().unwrap());
    let token = house.fondaco.token(&["--all-projects"]);
    let late = |tag: &str| {
        let dist =
            Wheel::new("our-thing", "1.0").tag(tag).file("our_thing/late.py", format!("T = '{tag}'\n"));
        let answer = Upload::of(&dist.build()).send(&house.fondaco, &token);
        (answer.status, answer.reason)
    };
    for version in ["1.0", "2.0", "3.0"] {
        published(&house, &token, version);
    }
    house.fondaco.admin(&["delete", "our-thing==2.0", "--reason", "by mistake"]).ok();
    house.fondaco.admin(&["delete", "our-thing==3.0", "--reason", "for good"]).ok();
    set(FORTNIGHT - 900);
    assert_eq!(late("cp312-none-any").0, 200);
    house.fondaco.admin(&["undelete", "our-thing==2.0", "--reason", "it was the wrong one"]).ok();
    set(FORTNIGHT + 900);
    let closed = "Release is closed: it was made more than 14 days ago and takes no new files.";
    assert_eq!(late("cp313-none-any"), (400, closed.to_owned()));
    let refused = house.fondaco.admin(&["undelete", "our-thing==3.0", "--reason", "too late"]);
    assert!(!refused.success(), "{}", refused.text());
    assert!(refused.stderr.contains("was deleted in the last 14 days"), "{}", refused.text());
    assert_eq!(house.listing("our-thing")["versions"], json!(["1.0", "2.0"]));
}
