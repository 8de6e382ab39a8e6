//! What the operator rules out changes what is served, and counts only as long as it stands.

use fondaco_testkit::Sdist;

use crate::house::{House, path};

const SETUP: &str = "import base64\nexec(base64.b64decode('cHJpbnQoInRoZSBwYXlsb2FkIik='))\n";
const SUPPRESS: &str =
    "[[suppress]]\nproject = 'tool'\nrule = 'decoded-exec'\nreason = 'our loader'\nexpires = 2999-01-01\n";

#[test]
fn a_suppression_frees_a_file_and_its_end_takes_it_back() {
    let house = House::new();
    let dist = Sdist::new("tool", "1.0").file("setup.py", SETUP).build();
    house.upstream.publish(&dist);
    let address = path("tool", &dist);
    assert_eq!(house.fondaco.get(&address, &[]).status, 403);
    let config = house.data.path().join("fondaco.toml");
    let plain = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{plain}{SUPPRESS}")).unwrap();
    let house = house.restarted();
    assert_eq!(house.fondaco.get(&address, &[]).status, 200, "{}", house.fondaco.log());
    let page = house.fondaco.get(&format!("/reports/{}", dist.sha256()), &[]).text();
    assert!(page.contains("Ruled out by the operator") && page.contains("our loader"), "{page}");
    // What was served for it is inspected again before it is served without it.
    std::fs::write(&config, plain).unwrap();
    let house = house.restarted();
    assert_eq!(house.fondaco.get(&address, &[]).status, 403, "{}", house.fondaco.log());
    let story = &house.fondaco.get(&address, &[]).json()["refusal"]["story"];
    assert!(story[0].as_str().unwrap().starts_with("Runs while it is being installed"), "{story}");
}

#[test]
fn a_suppression_of_another_project_frees_nothing() {
    let house = House::with_config(SUPPRESS);
    let dist = Sdist::new("other", "1.0").file("setup.py", SETUP).build();
    house.upstream.publish(&dist);
    assert_eq!(house.fondaco.get(&path("other", &dist), &[]).status, 403);
}
