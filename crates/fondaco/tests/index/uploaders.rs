//! Who uploads, beside who did before: facts for reviewers, and a mail to the other owners.

use fondaco_model::{ProjectRole, StaffRole};
use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Answer, Dist, Sdist, Upload, Wheel, fetch, honest_module};
use serde_json::{Value, json};

use crate::actors::{Kind, People, Someone};
use crate::holders::Somebody;
use crate::house::House;
use crate::trusted_publishing::Bench;
use crate::visitors::{in_store, mails, wait_for_mail};

const DAY: i64 = 86_400;
const PROXY: &str = "[server]\ntrusted_proxies = ['127.0.0.1']\n[breaker]\nmode = 'off'\n";

/// An upload from an address.
fn send(house: &House, dist: &Dist, (token, from): (&str, &str)) -> Answer {
    let (mut headers, body) = Upload::of(dist).request(token);
    headers.push(("X-Forwarded-For".to_owned(), from.to_owned()));
    let headers: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    fetch("POST", &house.fondaco.url("/legacy/"), &headers, &body).unwrap()
}

#[track_caller]
fn taken(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn wheel(version: &str) -> Dist {
    let text = format!("{}V = '{version}'\n", honest_module());
    Wheel::new("our-tool", version).file("our_tool/__init__.py", text).build()
}

/// The uploads that staff sees, newest first.
fn uploads(house: &House, staff: &Someone) -> Vec<Value> {
    let item = staff.gets(house, ("GET", "/api/v1/desk/projects/our-tool"), &Value::Null, 200).json();
    item["uploads"].as_array().unwrap().clone()
}

fn facts(upload: &Value) -> Vec<&str> {
    upload["facts"].as_array().unwrap().iter().map(|fact| fact["fact"].as_str().unwrap()).collect()
}

fn own(people: &People, project: &str, who: &Somebody) {
    let someone = Someone { id: who.user.id.clone(), name: who.user.name.to_string(), secret: String::new() };
    people.give(project, &someone, ProjectRole::Owner);
}

#[test]
fn a_takeover_is_told_to_reviewers_and_to_the_other_owners_and_to_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let clock = folder.path().join("clock");
    std::fs::write(&clock, (-400 * DAY).to_string()).unwrap();
    let house = House::with_env(PROXY, "FONDACO_TEST_CLOCK", clock.to_str().unwrap());
    let ci = house.fondaco.token(&["--all-projects"]);
    let first = wheel("1.0");
    taken(&send(&house, &first, (&ci, "192.0.2.7")));
    std::fs::write(&clock, "0").unwrap();
    let people = People::of(&house);
    let staff = people.add_as("oskar", Some(StaffRole::Observer), Kind::Full);
    let [olga, max] = ["olga", "max"].map(|name| Somebody::new(&house, name));
    own(&people, "our-tool", &olga);
    own(&people, "our-tool", &max);
    let of_max = max.token(&json!({"label": "ci"})).1;
    let second = wheel("2.0");
    taken(&send(&house, &second, (&of_max, "198.51.100.9")));
    let sdist = Sdist::new("our-tool", "2.0").file("our_tool/__init__.py", honest_module()).build();
    taken(&send(&house, &sdist, (&of_max, "198.51.100.77")));
    // The next release is nothing new any more.
    taken(&send(&house, &wheel("3.0"), (&of_max, "198.51.100.9")));
    let seen = uploads(&house, &staff);
    let all = ["uploader-new", "credential-changed", "network-new", "long-silence"];
    let told: Vec<Vec<&str>> = seen.iter().map(facts).collect();
    assert_eq!(told[0], [""; 0], "{seen:#?}");
    assert_eq!(told[1], all, "each file of a release has them: {seen:#?}");
    assert_eq!(told[2], all, "{seen:#?}");
    assert_eq!(told[3], [""; 0], "the first upload of all is nobody's takeover: {seen:#?}");
    assert_eq!((&seen[2]["network"], &seen[2]["taken"]), (&json!("198.51.100.0/24"), &json!(true)));
    let details = seen[2]["facts"].to_string();
    for part in [
        "by a person's token, and before by an operator's token alone",
        "from 198.51.100.0/24",
        "nothing was uploaded for 400 days",
    ] {
        assert!(details.contains(part), "{details}");
    }
    assert!(!seen.iter().any(|one| one.to_string().contains("198.51.100.9")), "an address is not kept");
    // On the page of the desk as well; it is no verdict: what came is served.
    let page = staff.ask(&house, "GET", "/desk/projects/our-tool", &Value::Null).text();
    assert!(page.contains("<h2>Who uploaded</h2>") && page.contains("credential-changed"), "{page}");
    assert_eq!(house.fondaco.get(&format!("/files/own/our-tool/{}", second.file_name), &[]).status, 200);
    // Whoever has the id of an upload sees none of it, unless they are staff.
    let id = in_store(&house, async |store| {
        let uploads = store.uploads_to(&"our-tool".parse().unwrap(), 10).await.unwrap();
        uploads.into_iter().find(|one| one.file_name == second.file_name).unwrap().id
    });
    let status = format!("/api/v1/uploads/{id}");
    let outside = house.fondaco.get(&status, &[]);
    assert_eq!(outside.status, 200);
    assert!(outside.json().get("facts").is_none(), "{}", outside.text());
    assert!(max.api("GET", &status, &Value::Null).json().get("facts").is_none());
    let inside = staff.gets(&house, ("GET", &status), &Value::Null, 200).json();
    assert_eq!(facts(&inside), all);
    let unverified = people.add_as("otto", Some(StaffRole::Observer), Kind::NotShown);
    assert!(unverified.ask(&house, "GET", &status, &Value::Null).json().get("facts").is_none());
    let public = [
        house.fondaco.get("/api/v1/changes?since=0", &[]).text(),
        house.fondaco.get(&format!("/api/v1/files/{}", second.sha256()), &[]).text(),
        house.fondaco.get("/pypi/our-tool/json", &[]).text(),
        house.fondaco.get(&format!("/reports/{}", second.sha256()), &[]).text(),
    ];
    assert!(!public.iter().any(|text| text.contains("uploader-new") || text.contains("198.51.100")));
    // The other owner gets one mail, whoever uploads none.
    let data = house.data.path();
    let mail = wait_for_mail(data, &["To: olga@", "Subject: Somebody new has uploaded"]);
    assert!(mail.contains("project  our-tool") && mail.contains(&second.file_name), "{mail}");
    assert!(mail.contains("by       max"), "{mail}");
    // Somebody else who uploads makes a mail that must come after all that were queued before.
    let of_olga = olga.token(&json!({"label": "ci"})).1;
    taken(&send(&house, &wheel("4.0"), (&of_olga, "198.51.100.9")));
    wait_for_mail(data, &["To: max@", "Subject: Somebody new has uploaded", "by       olga"]);
    let about = |whom: &str| {
        let to = format!("To: {whom}@");
        mails(data).iter().filter(|one| one.contains(&to) && one.contains("Somebody new")).count()
    };
    assert_eq!((about("olga"), about("max")), (1, 1));
    assert_eq!(facts(&uploads(&house, &staff)[0]), ["uploader-new"]);
}

#[test]
fn a_blocked_upload_makes_nobody_known() {
    let house = House::with_config(PROXY);
    let people = People::of(&house);
    let staff = people.add_as("rita", Some(StaffRole::Reviewer), Kind::Full);
    let olga = Somebody::new(&house, "olga");
    let ci = house.fondaco.token(&["--all-projects"]);
    taken(&send(&house, &wheel("1.0"), (&ci, "192.0.2.7")));
    own(&people, "our-tool", &olga);
    let thief = house.fondaco.token(&["--all-projects"]);
    let files = attacks::WALLET_STEALER.files.iter().filter(|(path, _)| *path != "setup.py");
    let bad =
        files.fold(Wheel::new("our-tool", "2.0"), |wheel, (path, text)| wheel.file(path, *text)).build();
    for _ in 0..2 {
        assert_eq!(send(&house, &bad, (&thief, "203.0.113.5")).status, 403);
    }
    taken(&send(&house, &wheel("2.1"), (&thief, "203.0.113.5")));
    let seen = uploads(&house, &staff);
    let expected = ["uploader-new", "network-new"];
    assert_eq!(seen.iter().map(facts).collect::<Vec<_>>(), [&expected[..], &expected, &expected, &[]]);
    let taken: Vec<&Value> = seen.iter().map(|one| &one["taken"]).collect();
    assert_eq!(taken, [&json!(true), &json!(false), &json!(false), &json!(true)], "{seen:#?}");
    // Of what was blocked operators know; the owners are told of what came through.
    let mail = wait_for_mail(house.data.path(), &["To: olga@", "Subject: Somebody new has uploaded"]);
    assert!(mail.contains("our_tool-2.1") && mail.contains("whoever has the operator's token"), "{mail}");
    assert_eq!(mails(house.data.path()).len(), 1);
}

#[test]
fn a_token_where_only_a_trusted_publisher_was() {
    let bench = Bench::with_publisher("our-tool");
    let house = &bench.house;
    let people = People::of(house);
    let staff = people.add_as("oskar", Some(StaffRole::Observer), Kind::Full);
    taken(&bench.send(&wheel("1.0"), &bench.minted()));
    // The publisher was new once, and is not with its second release.
    taken(&bench.send(&wheel("2.0"), &bench.minted()));
    let seen = uploads(house, &staff);
    assert_eq!(facts(&seen[0]), [""; 0], "{seen:#?}");
    assert_eq!(facts(&seen[1]), ["uploader-new", "credential-changed"], "{seen:#?}");
    let detail = seen[1]["facts"][1]["detail"].as_str().unwrap();
    assert_eq!(detail, "by a trusted publisher, and before by an operator's token alone");
}
