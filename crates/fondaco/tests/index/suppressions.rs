//! What the operator rules out changes what is served, and counts only as long as it stands; and
//! their own rules count for the index as well.

use fondaco_testkit::{Sdist, honest_module};

use crate::house::{House, path};

const SETUP: &str = "import base64\nexec(base64.b64decode('cHJpbnQoInRoZSBwYXlsb2FkIik='))\n";
const SUPPRESS: &str =
    "[[suppress]]\nproject = 'tool'\nrule = 'decoded-exec'\nreason = 'our loader'\nexpires = 2999-01-01\n";

#[test]
fn a_suppression_frees_a_file_and_its_end_takes_it_back() {
    let house = House::new();
    let dist =
        Sdist::new("tool", "1.0").file("setup.py", SETUP).file("tool/core.py", honest_module()).build();
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
    let dist =
        Sdist::new("other", "1.0").file("setup.py", SETUP).file("tool/core.py", honest_module()).build();
    house.upstream.publish(&dist);
    assert_eq!(house.fondaco.get(&path("other", &dist), &[]).status, 403);
}

#[cfg(feature = "yara")]
#[test]
fn a_file_that_matches_the_operators_own_rules_is_held() {
    let house = House::new();
    let dist = Sdist::new("tool", "1.0").file("tool/__init__.py", "x = 'MARKER-1'\n").build();
    house.upstream.publish(&dist);
    let folder = house.data.path();
    std::fs::create_dir(folder.join("rules")).unwrap();
    let rule = "rule marker { strings: $a = \"MARKER-1\" condition: $a }\n";
    std::fs::write(folder.join("rules/a.yar"), rule).unwrap();
    let config = folder.join("fondaco.toml");
    let plain = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{plain}[inspect]\nyara = ['rules']\n")).unwrap();
    let house = house.restarted();
    let answer = house.fondaco.get(&path("tool", &dist), &[]);
    assert_eq!(answer.status, 403, "{}", house.fondaco.log());
    assert_eq!(answer.json()["refusal"]["findings"][0]["rule"], "yara/marker");
    // A broken rule is an error at the start, with its place.
    house.fondaco.stop();
    std::fs::write(house.data.path().join("rules/b.yar"), "rule b {\n  condition: $x\n}\n").unwrap();
    let output = std::process::Command::new(crate::house::BIN)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(house.data.path())
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("rules/b.yar:2: "), "{said}");
}
