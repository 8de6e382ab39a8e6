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
