//! A release is compared with the newest earlier one whose inspection is stored.

use fondaco_testkit::{Dist, Wheel, honest_module};

use crate::house::{House, path};

/// Runs a command whenever the package is imported: alone no ground to hold it.
const UNASKED: &str = "import subprocess\nsubprocess.run(['git', 'status'])\n";

fn release(version: &str, init: &str, more: Option<(&str, &str)>) -> Dist {
    let wheel = Wheel::new("tool", version).file("tool/__init__.py", init);
    let wheel = wheel.file("tool/core.py", honest_module());
    more.map_or(wheel.clone(), |(path, text)| wheel.file(path, text)).build()
}

/// Two of the rules that compare.
const TRIGGER: &str = "new-trigger";
const SINK: &str = "new-sink";

/// The page about a file, once it has been asked for.
fn page(house: &House, dist: &Dist) -> String {
    house.fondaco.get(&path("tool", dist), &[]);
    house.fondaco.get(&format!("/reports/{}", dist.sha256()), &[]).text()
}

#[test]
fn what_is_new_is_found_where_the_release_before_is_known() {
    let house = House::new();
    let old = release("1.0", "", None);
    let pth = ("tool.pth", "import tool\n");
    let new = release("1.1", UNASKED, Some(pth));
    let same = release("1.2", UNASKED, Some(pth));
    for dist in [&old, &new, &same] {
        house.upstream.publish(dist);
    }
    assert!(!page(&house, &old).contains(SINK));
    let found = page(&house, &new);
    assert!(found.contains(TRIGGER) && found.contains(SINK), "{found}");
    // The one after has what its own predecessor had.
    let found = page(&house, &same);
    assert!(!found.contains(TRIGGER) && !found.contains(SINK), "{found}");
}

#[test]
fn an_upload_is_compared_with_our_own_release_before() {
    let house = House::new();
    let token = house.fondaco.token(&["--all-projects"]);
    let old = release("1.0", "", None);
    let new = release("1.1", UNASKED, Some(("tool.pth", "import tool\n")));
    let send = |dist: &Dist| fondaco_testkit::Upload::of(dist).send(&house.fondaco, &token).status;
    assert_eq!(send(&old), 200);
    send(&new);
    let found = house.fondaco.get(&format!("/reports/{}", new.sha256()), &[]).text();
    assert!(found.contains(TRIGGER) && found.contains(SINK), "{found}");
}

#[test]
fn without_an_earlier_release_nothing_is_new() {
    let house = House::new();
    let new = release("1.1", UNASKED, Some(("tool.pth", "import tool\n")));
    house.upstream.publish(&new);
    let found = page(&house, &new);
    assert!(!found.contains(TRIGGER) && !found.contains(SINK), "{found}");
}
