//! What a package is made like is evidence only of newcomers.

use fondaco_testkit::{Dist, Upload, Wheel};

use crate::cooldown::{OLD, rfc3339_hours_ago};
use crate::house::{House, path};

/// A file that talks to the network when it is asked to, and nobody says whose.
fn bare(version: &str) -> Dist {
    let module = "import subprocess, urllib.request\n\ndef get(page):\n    try:\n        return urllib.request.urlopen(page).read()\n    except:\n        return subprocess.run(['date'])\n";
    let metadata = format!("Metadata-Version: 2.1\nName: fetchit\nVersion: {version}\n");
    Wheel::new("fetchit", version)
        .file(&format!("fetchit-{version}.dist-info/METADATA"), metadata)
        .file("fetchit.py", module)
        .build()
}

#[test]
fn a_young_file_of_an_upstream_is_held_and_an_old_one_is_served() {
    let house = House::new();
    let (old, young) = (bare("0.1"), bare("0.2"));
    house.upstream.publish(&old).uploaded(OLD);
    house.upstream.publish(&young).uploaded(&rfc3339_hours_ago(2));
    let held = house.fondaco.get(&path("fetchit", &young), &[]);
    assert_eq!(held.status, 403);
    let report = house.fondaco.get(&format!("/reports/{}", young.sha256()), &[]).text();
    assert!(report.contains("low-credibility"), "{report}");
    assert_eq!(house.fondaco.get(&path("fetchit", &old), &[]).status, 200);
    // An old release that was only just seen here says nothing of a new one: names change hands.
    assert_eq!(house.fondaco.get(&path("fetchit", &young), &[]).status, 403);
}

#[test]
fn once_a_person_has_allowed_a_release_the_next_is_judged_by_what_it_does() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let send = |dist: &Dist| Upload::of(dist).send(&house.fondaco, &token).status;
    let (first, second, third) = (bare("0.1"), bare("0.2"), bare("0.3"));
    assert_eq!(send(&first), 202);
    // That one is held vouches for nobody.
    assert_eq!(send(&second), 202);
    house.fondaco.admin(&["allow", &first.sha256().to_string(), "--reason", "a tool of ours"]).ok();
    assert_eq!(send(&third), 200);
}

/// A house whose clock is moved on by writing to a file, and what moves it, in days.
fn house_with_clock(folder: &tempfile::TempDir) -> (House, impl Fn(u64)) {
    let clock = folder.path().join("clock");
    let set = {
        let clock = clock.clone();
        move |days: u64| std::fs::write(&clock, (days * 86_400).to_string()).unwrap()
    };
    set(0);
    (House::with_env("", "FONDACO_TEST_CLOCK", clock.to_str().unwrap()), set)
}

/// An earlier release that only computes.
fn harmless() -> Dist {
    Wheel::new("fetchit", "0.0.1").file("fetchit.py", "def twice(x):\n    return 2 * x\n").build()
}

#[test]
fn a_harmless_release_vouches_after_two_weeks_and_a_held_one_never() {
    let folder = tempfile::tempdir().unwrap();
    let (house, set) = house_with_clock(&folder);
    let token = house.fondaco.token(&["--all-projects"]);
    let send = |dist: &Dist| Upload::of(dist).send(&house.fondaco, &token).status;
    assert_eq!(send(&harmless()), 200);
    assert_eq!(send(&bare("0.1")), 202, "a placeholder that is armed on the same day");
    set(15);
    assert_eq!(send(&bare("0.2")), 200);

    let (house, set) = house_with_clock(&folder);
    let token = house.fondaco.token(&["--all-projects"]);
    let send = |dist: &Dist| Upload::of(dist).send(&house.fondaco, &token).status;
    assert_eq!(send(&bare("0.1")), 202);
    set(100);
    assert_eq!(send(&bare("0.2")), 202, "what was held for a hundred days was never public");
}

/// A house whose upstream has had a harmless release for two weeks, and that release.
fn house_with_an_old_release(folder: &tempfile::TempDir) -> (House, Dist) {
    let (house, set) = house_with_clock(folder);
    let old = harmless();
    house.upstream.publish(&old).uploaded(&rfc3339_hours_ago(2));
    assert_eq!(house.fondaco.get(&path("fetchit", &old), &[]).status, 200);
    set(15);
    (house, old)
}

#[test]
fn what_upstream_lists_no_more_vouches_for_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (house, old) = house_with_an_old_release(&folder);
    let new = bare("0.1");
    // The name was given up, and somebody else has it now.
    house.upstream.file(&old.file_name).remove();
    house.upstream.publish(&new).uploaded(&rfc3339_hours_ago(1));
    assert_eq!(house.fondaco.get(&path("fetchit", &new), &[]).status, 403);
}

#[test]
fn what_upstream_still_lists_vouches_after_two_weeks() {
    let folder = tempfile::tempdir().unwrap();
    let (house, _) = house_with_an_old_release(&folder);
    let new = bare("0.1");
    house.upstream.publish(&new).uploaded(&rfc3339_hours_ago(1));
    assert_eq!(house.fondaco.get(&path("fetchit", &new), &[]).status, 200);
}
