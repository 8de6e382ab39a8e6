//! How many reports are taken from one person, and that several accounts of one person are one witness.

use fondaco_testkit::{Answer, Upload};
use serde_json::{Value, json};

use crate::house::House;
use crate::reports::{account, malware, observer, ours, reader, report, send, trust};
use crate::uploads::own;
use crate::visitors::{OPEN, call, join, verified};

/// A house with projects of its own.
fn with_projects(config: &str, names: &[&str]) -> House {
    let house = House::with_config(config);
    publish(&house, names);
    house
}

fn publish(house: &House, names: &[&str]) {
    let token = house.fondaco.token(&["--all-projects"]);
    for name in names {
        assert_eq!(Upload::of(&ours(name, "1.0")).send(&house.fondaco, &token).status, 200);
    }
}

#[track_caller]
fn says(answer: &Answer, status: u16, detail: &str) {
    assert_eq!(
        (answer.status, answer.json()["detail"].as_str()),
        (status, Some(detail)),
        "{}",
        answer.text()
    );
}

const TOMORROW: &str = "too many reports: come back tomorrow";
const OPEN_ONES: &str = "too many reports: many of yours are open";
const OF_PROJECT: &str = "too many reports: several of yours about this project are open";
const ALREADY: &str = "you have reported this already, and it is not decided yet";

#[test]
fn so_many_a_day_and_not_one_more_until_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let clock = folder.path().join("clock");
    let set = |ahead: u64| std::fs::write(&clock, ahead.to_string()).unwrap();
    set(0);
    let config = "[reports]\nper_day = 2\n";
    let house = House::with_env(config, "FONDACO_TEST_CLOCK", clock.to_str().unwrap());
    publish(&house, &["one", "two", "three"]);
    let (first, other) = (reader(&house), reader(&house));
    for project in ["one", "two"] {
        assert_eq!(report(&house, project, &first, &malware()).status, 202, "{project}");
    }
    says(&report(&house, "three", &first, &malware()), 429, TOMORROW);
    assert_eq!(report(&house, "three", &other, &malware()).status, 202, "somebody else's");
    // Staff's word that they are to be trusted makes them no faster.
    trust(&house, &first);
    says(&report(&house, "three", &first, &malware()), 429, TOMORROW);
    set(86_400 - 60);
    says(&report(&house, "three", &first, &malware()), 429, TOMORROW);
    set(86_400 + 60);
    assert_eq!(report(&house, "three", &first, &malware()).status, 202);
}

#[test]
fn so_many_are_open_and_a_decided_one_makes_room() {
    let house = with_projects("[reports]\nopen = 2\nper_project = 1\n", &["one", "two", "three"]);
    let first = reader(&house);
    let made = report(&house, "one", &first, &malware());
    let mut part = malware();
    part["version"] = json!("1.0");
    says(&report(&house, "one", &first, &part), 429, OF_PROJECT);
    assert_eq!(report(&house, "two", &first, &malware()).status, 202);
    says(&report(&house, "three", &first, &malware()), 429, OPEN_ONES);
    let id = made.json()["observation"]["id"].as_str().unwrap().to_owned();
    house.fondaco.admin(&["report", "decide", &id, "insufficient", "--note", "which file?"]).ok();
    assert_eq!(report(&house, "three", &first, &malware()).status, 202);
    // Observers wait for nobody: what they see is to be known.
    let seen = observer(&house, "scanner inc.");
    for project in ["one", "two", "three"] {
        assert_eq!(report(&house, project, &seen, &malware()).status, 202, "{project}");
    }
}

#[test]
fn the_same_report_by_the_same_person_is_one() {
    let house = with_projects("[reports]\nper_day = 2\n", &["one", "two", "three"]);
    let [first, second] =
        [(); 2].map(|()| house.fondaco.token(&["--read-only", "--holder", "Scanner  Inc."]));
    assert_eq!(report(&house, "one", &first, &malware()).status, 202);
    says(&report(&house, "one", &first, &malware()), 409, ALREADY);
    // In other words, and of another kind, it is about the same.
    let spam = json!({"kind": "is_spam", "summary": "nothing but links here"});
    says(&report(&house, "one", &first, &spam), 409, ALREADY);
    says(&report(&house, "one", &second, &malware()), 409, ALREADY);
    // Nor is a second token a second day.
    assert_eq!(report(&house, "two", &second, &malware()).status, 202);
    says(&report(&house, "three", &first, &malware()), 429, TOMORROW);
    let stranger = reader(&house);
    assert_eq!(report(&house, "one", &stranger, &malware()).status, 202, "another's");
    let manager = house.fondaco.token(&["--manages"]);
    let open = send(&house, "GET", "/api/v1/desk/observations", &manager, &Value::Null).json();
    assert_eq!(open["observations"].as_array().unwrap().len(), 3, "{open}");
}

#[test]
fn two_tokens_of_one_person_are_one_observer() {
    let house = House::with_config(OPEN);
    publish(&house, &["one", "two", "three", "four"]);
    join(&house, "jane");
    house.fondaco.admin(&["user", "role", "jane", "observer", "--reason", "she knows wheels"]).ok();
    let jane = verified(&house, "jane");
    let served = |project: &str| {
        let dist = ours(project, "1.0");
        house.fondaco.get(&own(project, &dist), &[]).status == 200
    };
    let by_jane = |project: &str| {
        call(
            &house.fondaco,
            Some(&jane),
            &format!("POST /api/v1/projects/{project}/observations"),
            &malware(),
        )
    };
    let closes = |answer: Answer, expected: bool| {
        assert_eq!(
            (answer.status, answer.json()["quarantined"].clone()),
            (202, json!(expected)),
            "{}",
            answer.text()
        );
    };
    // Of tokens whose holder nobody has said, any two may be one person's.
    let unsaid = [reader(&house), reader(&house)];
    for token in &unsaid {
        trust(&house, token);
        closes(report(&house, "one", token, &malware()), false);
    }
    assert!(served("one"));
    // Nor is such a token another person than one who is known.
    closes(by_jane("two"), false);
    closes(report(&house, "two", &unsaid[0], &malware()), false);
    assert!(served("two"));
    // A token of hers is hers.
    let hers = observer(&house, "user:jane");
    closes(by_jane("three"), false);
    says(&report(&house, "three", &hers, &malware()), 409, ALREADY);
    let mut part = malware();
    part["version"] = json!("1.0");
    closes(report(&house, "three", &hers, &part), false);
    assert!(served("three"));
    // Somebody else's suffices: here one of whom it was said later.
    let id = account(&unsaid[1]);
    let hold = |holder: &str| {
        let id = id.strip_prefix("token:").unwrap();
        house.fondaco.admin(&["token", "hold", id, "--holder", holder, "--reason", "so it is"])
    };
    assert!(!hold("user:nobody").success() && !hold(" ").success(), "there is no such person");
    let said = hold("Scanner Inc.").ok().stdout;
    assert!(said.contains("is held by scanner inc."), "{said}");
    closes(by_jane("four"), false);
    closes(report(&house, "four", &unsaid[1], &malware()), true);
    assert!(!served("four"));
    let listed = house.fondaco.admin(&["token", "list"]).ok().stdout;
    assert!(listed.contains("held by scanner inc."), "{listed}");
    let audit = house.fondaco.admin(&["audit", "--format", "ndjson"]).ok().stdout;
    assert!(audit.contains("\"after\":\"scanner inc.\""), "{audit}");
    assert!(house.fondaco.admin(&["audit", "verify"]).success());
}
