//! Names of new projects that can be mistaken for others, and requirements that are nowhere.

use fondaco_model::{Clock, NoticeKind, OrganisationRole, ProjectRole, SystemClock};
use fondaco_testkit::{Answer, Sdist, Upload, honest_module, honest_release};
use serde_json::{Value, json};

use crate::actors::{People, Someone};
use crate::holders::{Somebody, change};
use crate::house::{House, path, wheel};
use crate::visitors::{mails, wait_for_mail, wait_for_mails};

/// Names like an own one are refused, and nobody is stopped for trying.
const REFUSE: &str = "[policy]\nlookalikes = 'refuse'\n[breaker]\nmode = 'off'\n";

fn send(house: &House, name: &str, token: &str) -> Answer {
    Upload::of(&honest_release(name, "1.0")).send(&house.fondaco, token)
}

/// A mail's headers and its body.
#[track_caller]
fn parts(mail: &str) -> (String, String) {
    let mail = mail.replace("\r\n", "\n");
    let (head, body) = mail.split_once("\n\n").unwrap();
    (head.to_owned(), body.replace("=\n", ""))
}

/// The details of the journal's entries of a kind, each with its project.
fn told(house: &House, kind: &str) -> Vec<(String, String)> {
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    let of_kind = house.fondaco.journal().into_iter().filter(|entry| entry["kind"] == kind);
    of_kind.map(|entry| (text(&entry, "project"), text(&entry, "detail"))).collect()
}

#[test]
fn a_confusable_name_is_told_to_both() {
    let house = House::new();
    let [one, other] = [(); 2].map(|()| house.fondaco.token(&["--all-projects"]));
    let send = |name: &str, token: &str| Upload::of(&honest_release(name, "1.0")).send(&house.fondaco, token);
    assert_eq!(send("granite-almanac", &one).status, 200);
    // The same owner may have neighbours.
    assert_eq!(send("granite-almanacs", &one).status, 200);
    assert!(told(&house, "name-confusable").is_empty());
    assert_eq!(send("granite-almanca", &other).status, 200);
    let of_names = told(&house, "name-confusable");
    assert_eq!(of_names.len(), 2, "{of_names:?}");
    assert!(of_names[0].0 == "granite-almanca" && of_names[0].1.contains("mistaken for granite-almanac"));
    assert!(
        of_names[1].0.starts_with("granite-almanac") && of_names[1].1.contains("new project granite-almanca")
    );
    assert_eq!(send("reqeusts", &other).status, 200);
    let last = told(&house, "name-confusable").pop().unwrap();
    assert!(last.0 == "reqeusts" && last.1.contains("mistaken for requests"), "{last:?}");
}

#[test]
fn a_new_name_of_an_upstream_is_held_or_blocked_where_that_is_the_policy() {
    let lately = crate::cooldown::rfc3339_hours_ago(5);
    for (policy, begins) in [("hold", "held"), ("refuse", "blocked")] {
        let house = House::with_config(&format!(
            "[policy]\nlookalikes = '{policy}'\n[[suppress]]\nproject = 'colorame'\nrule = 'confusable-name'\n\
             reason = 'looked at'\nexpires = 2099-01-01\n"
        ));
        let token = house.fondaco.token(&["--all-projects"]);
        assert_eq!(send(&house, "granite-almanac", &token).status, 200);
        for (name, target) in [
            ("reqeusts", Some("requests")),
            ("granite-almanca", Some("granite-almanac")),
            ("colorame", None),
            ("plain-thing", None),
        ] {
            let dist = honest_release(name, "1.0");
            house.upstream.publish(&dist).uploaded(&lately);
            let answer = house.fondaco.get(&path(name, &dist), &[]);
            match target {
                Some(target) => {
                    let why = format!("{begins} by Fondaco (a new name that can be mistaken for {target})");
                    assert!(answer.status == 403 && answer.reason.starts_with(&why), "{}", answer.reason);
                    assert_eq!(house.upstream.count(&format!("/files/{}", dist.file_name)), 0);
                }
                None => assert_eq!(answer.status, 200, "{name}: {}", answer.text()),
            }
        }
        // Whoever knows better lets the content through; what has been there for long is no news.
        let held = honest_release("reqeusts", "1.0");
        house.fondaco.admin(&["allow", &held.sha256().to_string(), "--reason", "ours"]).ok();
        assert_eq!(house.fondaco.get(&path("reqeusts", &held), &[]).status, 200);
        let old = honest_release("numpyy", "1.0");
        house.upstream.publish(&old);
        assert_eq!(house.fondaco.get(&path("numpyy", &old), &[]).status, 200);
    }
}

/// The likelier the confusion, the more follows.
#[test]
fn names_are_told_of_held_and_refused_by_how_likely_the_confusion_is() {
    let lately = crate::cooldown::rfc3339_hours_ago(5);
    let house =
        House::with_config("[policy]\nlookalikes = { hold = 0.8, refuse = 0.95 }\n[breaker]\nmode = 'off'\n");
    let token = house.fondaco.token(&["--all-projects"]);
    // Scores of 1.0, 0.91 and 0.57.
    for (name, upload, files) in
        [("reqeusts", 409, None), ("colorame", 202, Some(0)), ("djangoo", 200, Some(1))]
    {
        let answer = send(&house, name, &token);
        assert_eq!(answer.status, upload, "{name}: {}", answer.text());
        let json = [("accept", "application/vnd.pypi.simple.v1+json")];
        let page = house.fondaco.get(&format!("/simple/{name}/"), &json).json();
        assert_eq!(page["files"].as_array().map(Vec::len), files, "{name}: {page}");
    }
    // Those of upstreams likewise.
    for (name, begins) in
        [("scikit-lern", Some("blocked")), ("seleniun", Some("held")), ("pandas-client", None)]
    {
        let dist = honest_release(name, "1.0");
        house.upstream.publish(&dist).uploaded(&lately);
        let answer = house.fondaco.get(&path(name, &dist), &[]);
        match begins {
            Some(begins) => assert!(answer.reason.starts_with(begins), "{name}: {}", answer.reason),
            None => assert_eq!(answer.status, 200, "{name}: {}", answer.text()),
        }
    }
}

#[test]
fn a_name_that_is_anothers_to_the_eye_is_refused_whatever_the_policy() {
    let house = House::new();
    let [one, other] = [(); 2].map(|()| house.fondaco.token(&["--all-projects"]));
    assert_eq!(send(&house, "acme-tools", &one).status, 200);
    for (name, target) in
        [("acme-t00ls", "acme-tools"), ("acmetoo1s", "acme-tools"), ("co1orama", "colorama")]
    {
        let answer = send(&house, name, &other);
        let message = format!("The name '{name}' is too similar to that of the project '{target}'.");
        assert_eq!((answer.status, &answer.reason), (409, &message), "{}", answer.text());
        assert_eq!(house.fondaco.get(&format!("/simple/{name}/"), &[]).status, 404);
    }
    // Whoever has the one may have the other, and an operator may know better.
    assert_eq!(send(&house, "acme-too1s", &one).status, 200);
    house.fondaco.admin(&["claim", "acmetools", "--reason", "another company's"]).ok();
    assert_eq!(send(&house, "acmetools", &other).status, 200);
}

/// Both are compared with what is there before either of them is.
#[test]
fn of_two_names_alike_that_are_uploaded_at_once_one_is_taken() {
    for policy in ["tell", "refuse"] {
        let config = format!("[policy]\nlookalikes = '{policy}'\n[breaker]\nmode = 'off'\n");
        let house = House::with_config(&config);
        let tokens = [(); 2].map(|()| house.fondaco.token(&["--all-projects"]));
        let pair = if policy == "tell" { ["too1s", "tools"] } else { ["almanacs", "almanac"] };
        for n in 0..8 {
            let names = pair.map(|word| format!("granite{}-{word}", "xyzuvwkq".split_at(n).1));
            let mut statuses: Vec<u16> = std::thread::scope(|scope| {
                let sent: Vec<_> = std::iter::zip(&names, &tokens)
                    .map(|(name, token)| scope.spawn(|| send(&house, name, token).status))
                    .collect();
                sent.into_iter().map(|one| one.join().unwrap()).collect()
            });
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409], "{names:?}");
        }
    }
}

/// Who holds a project by an organisation is no stranger to it.
#[test]
fn an_organisations_people_may_have_neighbours() {
    let house = House::new();
    let first = Upload::of(&honest_release("granite-almanac", "1.0"));
    assert_eq!(first.send(&house.fondaco, &house.fondaco.token(&["--all-projects"])).status, 200);
    let [olga, max] = ["olga", "max"].map(|name| Somebody::new(&house, name));
    let people = People::of(&house);
    let someone = Someone { id: olga.user.id.clone(), name: "olga".to_owned(), secret: String::new() };
    people.organisation("acme", "granite-almanac", &[(&someone, OrganisationRole::Owner)]);
    let send = |who: &Somebody, name: &str| {
        let (_, token) = who.token(&json!({"label": "ci"}));
        let answer = Upload::of(&honest_release(name, "1.0")).send(&house.fondaco, &token);
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    send(&olga, "granite-almanacs");
    assert_eq!(told(&house, "name-confusable"), []);
    send(&max, "granite-almanca");
    assert_eq!(told(&house, "name-confusable").len(), 2);
}

#[test]
fn a_confusable_name_is_held_or_refused_where_that_is_the_policy() {
    let house = House::with_config("[policy]\nlookalikes = 'hold'\n");
    let token = house.fondaco.token(&["--all-projects"]);
    let dist = honest_release("reqeusts", "1.0");
    let answer = Upload::of(&dist).send(&house.fondaco, &token);
    assert_eq!(answer.status, 202, "{}", answer.text());
    assert!(answer.text().contains("its name can be mistaken for requests"), "{}", answer.text());
    let file = format!("/files/own/reqeusts/{}", dist.file_name);
    assert_ne!(house.fondaco.get(&file, &[]).status, 200);
    house.fondaco.admin(&["unquarantine", "reqeusts", "--reason", "looked at"]).ok();
    assert_eq!(house.fondaco.get(&file, &[]).status, 200);
    let next = Upload::of(&honest_release("reqeusts", "1.1")).send(&house.fondaco, &token);
    assert_eq!(next.status, 200, "only a new project is held: {}", next.text());
    let house = House::with_config("[policy]\nlookalikes = 'refuse'\n");
    let token = house.fondaco.token(&["--all-projects"]);
    let answer = Upload::of(&dist).send(&house.fondaco, &token);
    assert_eq!(answer.status, 409, "{}", answer.text());
    assert!(answer.text().contains("too similar to that of the project 'requests'"), "{}", answer.text());
    house.fondaco.admin(&["claim", "reqeusts", "--reason", "ours"]).ok();
    assert_eq!(Upload::of(&dist).send(&house.fondaco, &token).status, 200);
}

#[test]
fn a_requirement_that_is_nowhere_is_told_and_nobody_is_asked() {
    let house = House::with_config("[index]\nreserved = ['acme']\n");
    let token = house.fondaco.token(&["--all-projects"]);
    let pulled = wheel("pulled-lib", "1.0");
    house.upstream.publish(&pulled);
    assert_eq!(house.fondaco.get("/simple/pulled-lib/", &[]).status, 200);
    assert_eq!(Upload::of(&honest_release("quarry-atlas", "1.0")).send(&house.fondaco, &token).status, 200);
    house.upstream.forget_requests();
    let dist =
        ["requests>=2", "pulled-lib", "quarry_atlas[x]>1", "acme-secret", "granite-inner; extra == 'x'"]
            .into_iter()
            .fold(
                Sdist::new("meadow-bureau", "1.0").file("meadow_bureau/__init__.py", honest_module()),
                |sdist, one| sdist.requires(one),
            )
            .build();
    let answer = Upload::of(&dist).send(&house.fondaco, &token);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let details: Vec<String> =
        told(&house, "requirement-unseen").into_iter().map(|(_, detail)| detail).collect();
    assert_eq!(
        details,
        [
            "requires acme-secret, which no layer has shown so far",
            "requires granite-inner, which no layer has shown so far"
        ]
    );
    assert!(house.upstream.requests().is_empty(), "{:?}", house.upstream.requests());
}

#[test]
fn owners_are_told_by_mail_and_no_mailbox_is_filled() {
    let house = House::with_config(REFUSE);
    let olga = Somebody::new(&house, "olga");
    let (_, hers) = olga.token(&json!({"label": "ci"}));
    assert_eq!(send(&house, "granite-almanac", &hers).status, 200);
    let other = house.fondaco.token(&["--all-projects"]);
    let near = [
        "granite-almanca",
        "granite-alamnac",
        "granite-almnaac",
        "grantie-almanac",
        "granitealmanac",
        "granite-almanacc",
        "graniite-almanac",
    ];
    for name in near.iter().chain(&near) {
        let answer = send(&house, name, &other);
        assert_eq!(answer.status, 409, "{name}: {}", answer.text());
        assert!(answer.text().contains("'granite-almanac'"), "{}", answer.text());
    }
    let told = wait_for_mails(house.data.path(), 5);
    change(&house, async |store| {
        assert_eq!(store.waiting_mails().await.unwrap(), 0, "no sixth one a day");
        let notices = store.notices(100).await.unwrap();
        let of_names: Vec<&str> = notices
            .iter()
            .filter(|notice| notice.kind == NoticeKind::NameConfusable)
            .map(|notice| notice.subject.as_str())
            .collect();
        assert_eq!(of_names.len(), near.len(), "each name once: {of_names:?}");
    });
    assert_eq!(mails(house.data.path()).len(), 5);
    for (mail, name) in told.iter().zip(near) {
        let (head, body) = parts(mail);
        assert!(head.contains("To: olga@index.example"), "{head}");
        assert!(head.contains("Subject: A name like that of your project"), "{head}");
        assert!(!head.contains("granite"), "nothing that others choose is in a header: {head}");
        assert!(body.contains(name) && body.contains("The name was refused."), "{body}");
    }
}

#[test]
fn an_owner_is_told_that_a_name_is_held() {
    let house = House::with_config("[policy]\nlookalikes = 'hold'\n");
    let olga = Somebody::new(&house, "olga");
    let (_, hers) = olga.token(&json!({"label": "ci"}));
    assert_eq!(send(&house, "granite-almanac", &hers).status, 200);
    let other = house.fondaco.token(&["--all-projects"]);
    assert_eq!(send(&house, "granite-almanca", &other).status, 202);
    let (_, body) = parts(&wait_for_mail(house.data.path(), &["To: olga@index.example"]));
    assert!(body.contains("granite-almanca") && body.contains("is held"), "{body}");
    // A popular project's owner is nobody here.
    assert_eq!(send(&house, "reqeusts", &other).status, 202);
    change(&house, async |store| assert_eq!(store.waiting_mails().await.unwrap(), 0));
    assert_eq!(mails(house.data.path()).len(), 1);
}

#[test]
fn whoever_owns_a_project_may_have_its_neighbours() {
    let house = House::with_config(REFUSE);
    let [olga, max, ann] = ["olga", "max", "ann"].map(|name| Somebody::new(&house, name));
    let [hers, his, anns] = [&olga, &max, &ann].map(|one| one.token(&json!({"label": "ci"})).1);
    assert_eq!(send(&house, "granite-almanac", &hers).status, 200);
    let give = |role| {
        let (max, ann) = (&max.user.id, &ann.user.id);
        change(&house, async |store| {
            let (project, now) = ("granite-almanac".parse().unwrap(), SystemClock.now());
            let mut tx = store.begin().await.unwrap();
            tx.set_project_role(&project, max, Some(ProjectRole::Maintainer), now).await.unwrap();
            tx.set_project_role(&project, ann, role, now).await.unwrap();
            tx.commit().await.unwrap();
        });
    };
    give(Some(ProjectRole::Owner));
    assert_eq!(send(&house, "granite-almanca", &his).status, 409, "a maintainer owns nothing");
    let answer = send(&house, "granite-alamnac", &anns);
    assert_eq!(answer.status, 200, "another owner: {}", answer.text());
    give(None);
    assert_eq!(send(&house, "grantie-almanac", &anns).status, 409, "one no more");
    for name in ["meadow-bureau", "maedow-bureau"] {
        assert_eq!(send(&house, name, &hers).status, 200, "both are hers");
    }
}

#[test]
fn names_are_compared_with_those_that_come_and_not_with_those_that_went() {
    let house = House::with_config(REFUSE);
    let [one, other] = [(); 2].map(|()| house.fondaco.token(&["--all-projects"]));
    assert_eq!(send(&house, "granite-almanac", &one).status, 200);
    assert_eq!(send(&house, "granite-almanca", &other).status, 409);
    // One that is made after the others were read.
    assert_eq!(send(&house, "meadow-bureau", &one).status, 200);
    assert_eq!(send(&house, "maedow-bureau", &other).status, 409);
    change(&house, async |store| {
        let mut tx = store.begin().await.unwrap();
        tx.lift_own_name(&"granite-almanac".parse().unwrap(), SystemClock.now()).await.unwrap();
        tx.commit().await.unwrap();
    });
    assert_eq!(send(&house, "granite-almanca", &other).status, 200, "the other name was lifted");
    let house = house.restarted();
    assert_eq!(send(&house, "meadow-bureua", &other).status, 409, "read anew");
}
