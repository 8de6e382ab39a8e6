//! How long owners may delete what they have uploaded (PEP 763).

use fondaco_model::{ProjectRole, StaffRole};
use fondaco_testkit::{Dist, Upload, Wheel, honest_module};
use serde_json::json;

use crate::actors::{Kind, People, send};
use crate::house::House;

const HOUR: i64 = 3600;

/// A house whose clock is set; tokens are made and files uploaded in the past, people log in now.
struct Past {
    house: House,
    token: String,
    clock: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

impl Past {
    fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = folder.path().join("clock");
        std::fs::write(&clock, (-100 * HOUR).to_string()).unwrap();
        let house = House::with_env(config, "FONDACO_TEST_CLOCK", clock.to_str().unwrap());
        let token = house.fondaco.token(&["--all-projects"]);
        Self { house, token, clock, _folder: folder }
    }

    fn set(&self, ahead: i64) {
        std::fs::write(&self.clock, ahead.to_string()).unwrap();
    }

    /// A file of `our-tool`, uploaded so long ago.
    fn uploaded(&self, version: &str, tag: &str, ago: i64) -> Dist {
        self.set(-ago);
        let text = format!("{}V = '{version} {tag}'\n", honest_module());
        let dist = Wheel::new("our-tool", version).tag(tag).file("our_tool/__init__.py", text).build();
        let sent = Upload::of(&dist).send(&self.house.fondaco, &self.token);
        assert_eq!(sent.status, 200, "{}", sent.text());
        self.set(0);
        dist
    }

    fn names(&self) -> Vec<String> {
        let files = self.house.listing("our-tool")["files"].clone();
        let name = |file: &serde_json::Value| file["filename"].as_str().unwrap().to_owned();
        files.as_array().unwrap().iter().map(name).collect()
    }
}

const DELETE: (&str, &str) = ("POST", "/api/v1/projects/our-tool/delete");

#[test]
fn owners_delete_within_three_days_pre_releases_always_and_operators_everything() {
    let past = Past::new("");
    let old = past.uploaded("1.0", "py3-none-any", 73 * HOUR);
    let late = past.uploaded("1.0", "cp312-none-any", 71 * HOUR);
    // So little that the time runs out while the password still counts.
    let young = past.uploaded("2.0", "py3-none-any", 72 * HOUR - 240);
    let pre = past.uploaded("3.0rc1", "py3-none-any", 73 * HOUR);
    let house = &past.house;
    let people = People::of(house);
    let olga = people.add("olga");
    people.give("our-tool", &olga, ProjectRole::Owner);
    let order = |key: &str, what: &str| json!({key: what, "reason": "a mistake"});
    // One file that is too old keeps the release and the project; nothing of them goes.
    let everything = json!({"reason": "a mistake"});
    for order in [order("version", "1.0"), order("file", &old.file_name), everything] {
        let refused = olga.gets(house, DELETE, &order, 403).json();
        let detail = refused["detail"].as_str().unwrap();
        assert!(
            detail.contains("can't be deleted by its owners any more") && detail.contains(&old.file_name),
            "{refused}"
        );
        let hint = refused["hint"].as_str().unwrap();
        for way in ["yank", "archive", "operator"] {
            assert!(hint.contains(way), "{hint}");
        }
    }
    assert_eq!(past.names().len(), 4);
    // What is young goes, by itself and as a release; a pre-release is never too old.
    olga.gets(house, DELETE, &order("file", &late.file_name), 204);
    olga.gets(house, DELETE, &order("version", "2.0"), 204);
    olga.gets(house, DELETE, &order("version", "3.0rc1"), 204);
    assert_eq!(past.names(), std::slice::from_ref(&old.file_name));
    let journal = house.fondaco.journal();
    let gone: Vec<_> = journal.iter().filter(|entry| entry["kind"] == "file-deleted").collect();
    assert_eq!(gone.len(), 3);
    assert!(gone.iter().all(|entry| entry["detail"] == "deleted by an owner"), "{gone:?}");
    // A deletion that is undone makes no file young again.
    let undelete = ("POST", "/api/v1/projects/our-tool/undelete");
    olga.gets(house, undelete, &order("version", "2.0"), 204);
    past.set(360);
    olga.gets(house, DELETE, &order("version", "2.0"), 403);
    past.set(0);
    // An admin, a token that manages and the host may at any time, and the log says who.
    let reviewer = people.add_as("rita", Some(StaffRole::Reviewer), Kind::Full);
    people.give("our-tool", &reviewer, ProjectRole::Owner);
    reviewer.gets(house, DELETE, &order("version", "1.0"), 403);
    let admin = people.add_as("ada", Some(StaffRole::Admin), Kind::Full);
    admin.gets(house, DELETE, &order("version", "1.0"), 204);
    // What an operator has deleted no owner brings back; what an owner has, an operator may.
    let refused = olga.gets(house, undelete, &order("file", &old.file_name), 403);
    assert!(refused.text().contains("was deleted by an operator"), "{}", refused.text());
    admin.gets(house, undelete, &order("file", &late.file_name), 204);
    admin.gets(house, undelete, &order("file", &old.file_name), 204);
    let manager = house.fondaco.token(&["--manages"]);
    let by_token = send(house, Some(&manager), DELETE, &order("file", &old.file_name));
    assert_eq!(by_token.status, 204, "{}", by_token.text());
    admin.gets(house, undelete, &order("file", &old.file_name), 204);
    // An owner's own deletion is out of their hands once an operator has deleted it too.
    olga.gets(house, DELETE, &order("version", "2.0"), 204);
    house.fondaco.admin(&["delete", "our-tool", "--reason", "a secret in it"]).ok();
    olga.gets(house, undelete, &order("version", "2.0"), 403);
    assert_eq!(house.fondaco.get("/simple/our-tool/", &[]).status, 404);
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    let deletions: Vec<&str> = audit.lines().filter(|line| line.contains("\"action\":\"delete\"")).collect();
    assert_eq!(deletions.len(), 7, "{deletions:#?}");
    assert!(
        deletions[3].contains(&admin.id.to_string())
            && deletions[6].contains("operator:")
            && deletions[6].contains("that owners had deleted"),
        "{deletions:#?}"
    );
    // The names stay used.
    let back = Upload::of(&young).send(&house.fondaco, &past.token);
    assert_eq!(back.status, 400, "{}", back.text());
    assert!(pre.file_name.contains("3.0rc1"));
}

#[test]
fn the_time_is_the_operators_choice() {
    let past = Past::new("[uploads]\ndeletable_for = 'always'\n");
    past.uploaded("1.0", "py3-none-any", 99 * HOUR);
    let people = People::of(&past.house);
    let olga = people.add("olga");
    people.give("our-tool", &olga, ProjectRole::Owner);
    olga.gets(&past.house, DELETE, &json!({"reason": "all of it"}), 204);
    let past = Past::new("[uploads]\ndeletable_for = '0d'\n");
    past.uploaded("1.0", "py3-none-any", 0);
    let people = People::of(&past.house);
    let olga = people.add("olga");
    people.give("our-tool", &olga, ProjectRole::Owner);
    olga.gets(&past.house, DELETE, &json!({"reason": "all of it"}), 403);
}
