//! What the operator rules out changes what is served, and counts only as long as it stands; and
//! their own rules count for the index as well.

use fondaco_testkit::{Sdist, Wheel, honest_module};

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

/// A scanner that looks at nothing but the size, and at what it was started with.
const SIZES: &str = "#!/bin/sh
[ -z \"$HOME$FONDACO_DATA\" ] || exit 3
size=$(/usr/bin/wc -c)
[ \"$size\" -gt 500000 ] && { /usr/bin/setsid /usr/bin/sleep 20 & exit 1; }
[ \"$size\" -gt 400000 ] && /usr/bin/sleep 600
[ \"$size\" -gt 300000 ] && exit 2
[ \"$size\" -gt 200000 ] && printf '\\nToo.Large <b>FOUND</b>\\nmore\\n' && exit 1
exit 0
";

#[test]
fn other_scanners_are_asked_about_each_file_and_fail_closed() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let script = place.path().join("sizes");
    std::fs::write(&script, SIZES).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let scanner =
        format!("[[inspect.scanners]]\nname = 'sizes'\ncommand = ['{}']\ntimeout = 2\n", script.display());
    let ruled_out = "[[suppress]]\nproject = 'ruled-out'\nrule = 'scanner/sizes'\nreason = 'it is large'\nexpires = 2999-01-01\n";
    let house = House::with_config(&format!("{scanner}{ruled_out}"));
    let dist = |name: &str, filler: usize| {
        Wheel::new(name, "1.0").file(&format!("{name}/__init__.py"), honest_module()).filler(filler).build()
    };
    for (name, filler, begins) in [
        ("small", 1_000, None),
        ("large", 250_000, Some("held by Fondaco (suspicious: found by another scanner)")),
        ("odd", 350_000, Some("held by Fondaco (not everything in it could be analysed)")),
        ("slow", 450_000, Some("held by Fondaco (not everything in it could be analysed)")),
        ("daemon", 550_000, Some("held by Fondaco (suspicious: found by another scanner)")),
        ("ruled-out", 250_000, None),
    ] {
        let dist = dist(&name.replace('-', "_"), filler);
        house.upstream.publish(&dist);
        let answer = house.fondaco.get(&path(name, &dist), &[]);
        match begins {
            None => assert_eq!(answer.status, 200, "{name}: {}", answer.text()),
            Some(begins) => {
                assert!(
                    answer.status == 403 && answer.reason.starts_with(begins),
                    "{name}: {}",
                    answer.reason
                );
            }
        }
        let report =
            house.fondaco.get(&format!("/api/v1/files/{}", dist.sha256()), &[]).json()["report"].clone();
        let why = report["unscanned"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["why"].as_str().unwrap())
            .collect::<Vec<_>>();
        match name {
            "large" => {
                let finding = report["findings"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|one| one["rule"] == "scanner/sizes")
                    .unwrap();
                assert_eq!(finding["message"], "Too.Large <b>FOUND</b>");
                let page = house.fondaco.get(&format!("/reports/{}", dist.sha256()), &[]).text();
                assert!(page.contains("Too.Large") && !page.contains("<b>FOUND"), "{page}");
            }
            "odd" => assert_eq!(why, ["the scanner sizes could not tell: exit status: 2"]),
            "slow" => assert_eq!(why, ["the scanner sizes did not answer within 2 s"]),
            _ => assert!(why.is_empty(), "{why:?}"),
        }
    }
    // An upload as well.
    let token = house.fondaco.token(&["--all-projects"]);
    let answer = fondaco_testkit::Upload::of(&dist("ours", 250_000)).send(&house.fondaco, &token);
    assert_eq!(answer.status, 202, "{}", answer.text());
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
