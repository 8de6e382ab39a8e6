//! Appeals against what became of an upload: by its uploader or an owner of the project, to the desk where
//! other appeals are, and what an answer changes.

use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Answer, Dist, Upload, Wheel, fetch, honest_module};
use serde_json::{Value, json};

use crate::house::House;
use crate::uploads::own;
use crate::visitors::{OPEN, audit, call, join, verified, wait_for_mail};

const TEXT: &str = "it is the fixture of a test";

fn appeal(house: &House, token: &str, upload: &str) -> Answer {
    call(
        &house.fondaco,
        Some(token),
        &format!("POST /api/v1/uploads/{upload}/appeals"),
        &json!({"text": TEXT}),
    )
}

fn status(house: &House, upload: &str) -> Value {
    house.fondaco.get(&format!("/api/v1/uploads/{upload}"), &[]).json()
}

fn decide(house: &House, by: &str, appeal: &Answer, granted: bool) -> Answer {
    assert_eq!(appeal.status, 202, "{}", appeal.text());
    let at = format!("PUT /api/v1/appeals/{}/decision", appeal.json()["appeal"]["id"].as_str().unwrap());
    call(&house.fondaco, Some(by), &at, &json!({"granted": granted, "note": "looked at it"}))
}

/// What an upload that was blocked is told by its answer.
fn blocked(house: &House, dist: &Dist, token: &str) -> String {
    let answer = Upload::of(dist).send(&house.fondaco, token);
    assert_eq!(answer.status, 403, "{}", answer.text());
    let address = answer.json()["refusal"]["upload"].as_str().unwrap().to_owned();
    let id = address.strip_prefix(&house.fondaco.url("/api/v1/uploads/")).unwrap().to_owned();
    let hint = answer.json()["hint"].as_str().unwrap().to_owned();
    assert!(hint.ends_with(&format!("/uploads/{id}")), "{hint}");
    id
}

fn page(house: &House, path: &str, bearer: &str) -> String {
    let answer = house.fondaco.get(path, &[("Authorization", &format!("Bearer {bearer}"))]);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.text()
}

#[test]
fn an_appeal_against_a_blocked_first_upload_is_seen_at_the_desk_and_allows_the_content() {
    let house = House::new();
    let (token, other) = (house.fondaco.token(&["--all-projects"]), house.fondaco.token(&["--all-projects"]));
    let manager = house.fondaco.token(&["--manages"]);
    let (sample, bad) = (attacks::BASE64_CHAIN, attacks::BASE64_CHAIN.wheel().unwrap());
    let id = blocked(&house, &bad, &token);
    let told = status(&house, &id);
    assert_eq!((&told["state"], &told["appealable"]), (&json!("blocked"), &json!(true)), "{told}");
    assert_eq!(told["appeal"], Value::Null);
    // Only its uploader: no project is there that somebody could own.
    assert_eq!(appeal(&house, &other, &id).status, 404);
    assert_eq!(appeal(&house, "fondaco-0-0", &id).status, 401);
    assert_eq!(appeal(&house, &token, "0123456789abcdef").status, 404);
    let at = format!("POST /api/v1/uploads/{id}/appeals");
    for wrong in [json!({"text": "too short"}), json!({}), json!({"text": TEXT, "act": "x"})] {
        assert_eq!(call(&house.fondaco, Some(&token), &at, &wrong).status, 400, "{wrong}");
    }
    let made = appeal(&house, &token, &id);
    let shown = made.json()["appeal"].clone();
    assert_eq!((&shown["act"], &shown["upload"]["id"]), (&Value::Null, &json!(id)), "{shown}");
    let again = appeal(&house, &token, &id);
    assert_eq!(again.status, 409, "{}", again.text());
    assert_eq!(again.json()["detail"], "an appeal against this upload is open already");
    let told = status(&house, &id);
    assert_eq!((&told["appealable"], &told["appeal"]["state"]), (&json!(false), &json!("open")), "{told}");
    // Operators are told, and the desk has it with the evidence, though there is no such project.
    let notices = house.fondaco.admin(&["notices"]).ok().stdout;
    assert!(notices.contains(&format!("against upload {id}")), "{notices}");
    let queue = call(&house.fondaco, Some(&manager), "GET /api/v1/desk", &Value::Null).json();
    assert_eq!(
        (&queue["queue"][0]["kind"], &queue["queue"][0]["project"]),
        (&json!("appeal"), &json!(sample.project))
    );
    let item = page(&house, &format!("/desk/projects/{}", sample.project), &manager);
    for part in [TEXT, "Inspection: ", &bad.file_name, "Note to whoever appealed"] {
        assert!(item.contains(part), "{part}: {item}");
    }
    // It stays blocked while nobody has decided, and where the appeal is refused.
    let listed = house.fondaco.admin(&["appeal", "list"]).ok().stdout;
    assert!(listed.contains(&format!("against the upload {}", bad.file_name)), "{listed}");
    assert_eq!(decide(&house, &token, &made, true).status, 403, "no reviewer");
    let refused = decide(&house, &manager, &made, false);
    assert_eq!((refused.status, &refused.json()["ruling"]), (200, &Value::Null), "{}", refused.text());
    let second = blocked(&house, &bad, &token);
    assert_ne!(second, id);
    let told = status(&house, &id);
    assert_eq!(
        (&told["appeal"]["state"], &told["appeal"]["note"]),
        (&json!("refused"), &json!("looked at it"))
    );
    // A new one, which is granted: the content is allowed, and can be uploaded again.
    let granted = decide(&house, &manager, &appeal(&house, &token, &second), true);
    assert_eq!((granted.status, &granted.json()["freed"]), (200, &json!([])), "{}", granted.text());
    assert!(granted.json()["ruling"].is_u64(), "{}", granted.text());
    for one in [&id, &second] {
        let told = status(&house, one);
        assert_eq!(told["appealable"], false, "{told}");
        assert!(
            told["reason"].as_str().unwrap().ends_with("allowed since and can be uploaded again"),
            "{told}"
        );
    }
    let late = appeal(&house, &token, &id);
    assert_eq!(late.status, 409, "{}", late.text());
    assert_eq!(Upload::of(&bad).send(&house.fondaco, &token).status, 200);
    assert_eq!(house.fondaco.get(&own(sample.project, &bad), &[]).body, *bad.bytes);
    let log = audit(&house.fondaco);
    for event in [
        "\"action\":\"appeal\"",
        "\"after\":\"refused\"",
        "\"after\":\"granted\"",
        "\"action\":\"allow-file\"",
    ] {
        assert!(log.contains(event), "{event}: {log}");
    }
    assert!(house.fondaco.admin(&["audit", "verify"]).success());
}

#[cfg(feature = "yara")]
#[test]
fn a_held_upload_is_appealed_by_its_page_and_its_author_is_told_by_mail() {
    let house = House::holding_with(OPEN);
    for name in ["jane", "rita", "john"] {
        join(&house, name);
    }
    for reviewer in ["jane", "rita"] {
        house.fondaco.admin(&["user", "role", reviewer, "reviewer", "--reason", "she knows wheels"]).ok();
    }
    let [jane, john, rita] = ["jane", "john", "rita"].map(|name| verified(&house, name));
    let given = call(&house.fondaco, Some(&jane), "POST /api/v1/tokens", &json!({"label": "ci"}));
    let token = given.json()["token"].as_str().unwrap().to_owned();
    let held = Wheel::new("our-thing", "1.0").file("our_thing/__init__.py", "# HOLD-ME\nVALUE = 1\n").build();
    let taken = Upload::of(&held).send(&house.fondaco, &token);
    assert_eq!(taken.status, 202, "{}", taken.text());
    let id = taken.header("location").unwrap().rsplit('/').next().unwrap().to_owned();
    // The project's page of appeals leads to it, and it has the form.
    assert!(page(&house, "/appeal/our-thing", &jane).contains(&format!("../uploads/{id}")));
    let shown = page(&house, &format!("/uploads/{id}"), &jane);
    assert!(shown.contains("badge hold") && shown.contains(&format!("action=\"{id}/appeal\"")), "{shown}");
    assert_eq!(house.fondaco.get("/uploads/0123456789abcdef", &[]).status, 404);
    let submit = |who: &str, form: &str| {
        let bearer = format!("Bearer {who}");
        let headers =
            [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", bearer.as_str())];
        fetch("POST", &house.fondaco.url(&format!("/uploads/{id}/appeal")), &headers, form.as_bytes())
            .unwrap()
    };
    let form = "text=%3Cb%3Ethe+marker+is+a+test%3C%2Fb%3E";
    assert_eq!(submit(&john, form).status, 404, "another person's");
    assert_eq!(submit(&jane, "text=short").status, 400);
    assert_eq!(submit(&jane, "words=the+marker+is+a+test").status, 400);
    assert_eq!(submit(&jane, form).status, 200);
    let shown = page(&house, &format!("/uploads/{id}"), &jane);
    assert!(
        shown.contains("A reviewer decides it") && !shown.contains("<form method=\"post\" action"),
        "{shown}"
    );
    let item = page(&house, "/desk/projects/our-thing", &rita);
    assert!(item.contains("&lt;b&gt;the marker is a test"), "{item}");
    // The reviewer's own cause is another's to judge.
    let open = call(&house.fondaco, Some(&rita), "GET /api/v1/desk/appeals", &Value::Null).json();
    let appeal = open["appeals"][0]["id"].as_str().unwrap().to_owned();
    let decision = format!("PUT /api/v1/appeals/{appeal}/decision");
    let order = json!({"granted": true, "note": "the marker is a test's"});
    let mine = call(&house.fondaco, Some(&jane), &decision, &order);
    assert_eq!(mine.status, 403, "{}", mine.text());
    assert_eq!(mine.json()["detail"], "another reviewer has to decide what is your own upload or appeal");
    // By another account of hers neither.
    let hers = house.fondaco.token(&["--manages", "--holder", "user:jane"]);
    assert_eq!(call(&house.fondaco, Some(&hers), &decision, &order).status, 403);
    assert_eq!(house.fondaco.get(&own("our-thing", &held), &[]).status, 403);
    assert_eq!(call(&house.fondaco, Some(&rita), &decision, &order).status, 200);
    assert_eq!(house.fondaco.get(&own("our-thing", &held), &[]).body, *held.bytes, "it is served");
    let told = status(&house, &id);
    assert_eq!((&told["state"], &told["appeal"]["state"]), (&json!("allowed"), &json!("granted")), "{told}");
    let mail = wait_for_mail(
        house.data.path(),
        &["To: jane@example.invalid", "Subject: Your appeal about our-thing"],
    );
    assert!(mail.contains("the marker is a test's") && mail.contains("was granted"), "{mail}");
    let mine =
        call(&house.fondaco, Some(&jane), &format!("GET /api/v1/appeals/{appeal}"), &Value::Null).json();
    assert_eq!(mine["appeal"]["note"], "the marker is a test's");
}

#[test]
fn there_is_no_appeal_where_no_person_would_decide_and_one_account_has_so_many() {
    let house = House::with_config("[reports]\nopen = 2\nper_day = 3\n");
    let (token, manager) = (house.fondaco.token(&["--all-projects"]), house.fondaco.token(&["--manages"]));
    let fine = Wheel::new("our-thing", "1.0").file("our_thing/__init__.py", honest_module()).build();
    let taken = Upload::of(&fine).send(&house.fondaco, &token);
    assert_eq!(taken.status, 200);
    let id = taken.header("location").unwrap().rsplit('/').next().unwrap().to_owned();
    let answer = appeal(&house, &token, &id);
    assert_eq!(
        (answer.status, answer.json()["detail"].clone()),
        (409, json!("this upload is neither held nor blocked"))
    );
    // What is in quarantine is freed with the act that froze it.
    house.fondaco.admin(&["quarantine", "our-thing", "--reason", "odd"]).ok();
    let answer = appeal(&house, &token, &id);
    let detail = "this upload is in quarantine: appeal against that, at /api/v1/projects/our-thing/appeals";
    assert_eq!((answer.status, answer.json()["detail"].clone()), (409, json!(detail)));
    assert_eq!(status(&house, &id)["appealable"], false);
    // Appeals against acts and uploads count together.
    let act =
        call(&house.fondaco, Some(&token), "POST /api/v1/projects/our-thing/appeals", &json!({"text": TEXT}));
    assert_eq!(act.status, 202, "{}", act.text());
    let bad = attacks::BASE64_CHAIN.wheel().unwrap();
    let [first, second] = [(); 2].map(|()| blocked(&house, &bad, &token));
    let made = appeal(&house, &token, &first);
    assert_eq!(made.status, 202);
    let answer = appeal(&house, &token, &second);
    assert_eq!(
        (answer.status, answer.json()["detail"].clone()),
        (429, json!("too many appeals: many of yours are open"))
    );
    assert_eq!(decide(&house, &manager, &made, false).status, 200);
    assert_eq!(decide(&house, &manager, &appeal(&house, &token, &second), false).status, 200);
    let answer = appeal(&house, &token, &second);
    assert_eq!(
        (answer.status, answer.json()["detail"].clone()),
        (429, json!("too many appeals: come back tomorrow"))
    );
}
