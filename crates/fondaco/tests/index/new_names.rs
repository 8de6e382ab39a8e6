//! Names of new projects that can be mistaken for others, and requirements that are nowhere.

use fondaco_model::OrganisationRole;
use fondaco_testkit::{Sdist, Upload, honest_module, honest_release};
use serde_json::{Value, json};

use crate::actors::{People, Someone};
use crate::holders::Somebody;
use crate::house::{House, wheel};

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
