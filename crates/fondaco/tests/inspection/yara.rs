//! The operator's own YARA rules.

use crate::{folder, fondaco, stderr};

#[cfg(feature = "yara")]
const MARKER: &str = "rule marker {\n  meta:\n    severity = \"high\"\n    description = \"our marker\"\n  strings:\n    $a = \"MARKER-1\"\n  condition:\n    $a\n}\n";

#[cfg(feature = "yara")]
#[test]
fn matches_members_and_layers_inside_the_full_sandbox() {
    // print("MARKER-1")
    let setup = "import base64\nX = base64.b64decode('cHJpbnQoIk1BUktFUi0xIik=')\nexec(X)\n";
    let folder =
        folder(&[("rules/a.yar", MARKER), ("pkg/setup.py", setup), ("pkg/data.bin", "..MARKER-1..")]);
    let args = ["scan", "--sandbox", "require", "--format", "json", "--yara", "rules", "pkg"];
    let output = fondaco(&args, folder.path());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let report = &crate::json(&output)[0];
    let found: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["rule"] == "yara/marker")
        .map(|f| {
            (f["member"].as_str().unwrap(), f["layer"].as_u64().unwrap(), f["severity"].as_str().unwrap())
        })
        .collect();
    assert_eq!(found, [("data.bin", 0, "high"), ("setup.py", 1, "high")]);
    let engine = report["engine"].as_str().unwrap();
    assert!(engine.contains(" yara/") && engine.ends_with("sandbox/full"), "{engine}");
    let without = fondaco(&["scan", "--format", "json", "pkg/data.bin"], folder.path());
    assert_eq!(without.status.code(), Some(0));
}

#[cfg(feature = "yara")]
#[test]
fn the_configuration_names_rules_beside_it_and_can_suppress_them() {
    let config = "[inspect]\nyara = ['rules']\n[[suppress]]\nproject = 'tool'\nrule = 'yara/marker'\nreason = 'known'\nexpires = 2999-01-01\n";
    let folder = folder(&[("etc/c.toml", config), ("etc/rules/a.yara", MARKER)]);
    for name in ["tool", "other"] {
        let dist = fondaco_testkit::Wheel::new(name, "1.0").file("m.py", "x = 'MARKER-1'\n").build();
        dist.write_into(folder.path());
    }
    let scan = |name: &str| fondaco(&["scan", "--config", "etc/c.toml", name], folder.path()).status.code();
    assert_eq!(scan("tool-1.0-py3-none-any.whl"), Some(0));
    assert_eq!(scan("other-1.0-py3-none-any.whl"), Some(1));
}

#[cfg(feature = "yara")]
#[test]
fn a_broken_rule_is_an_error_with_its_place_before_anything_is_inspected() {
    let folder = folder(&[
        ("rules/good.yar", MARKER),
        ("rules/wrong.yar", "rule a {\n  condition:\n    $b\n}\n"),
        ("empty/readme.txt", ""),
        ("x.py", ""),
    ]);
    let output = fondaco(&["scan", "--yara", "rules", "x.py"], folder.path());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(
        output.stdout.is_empty() && stderr(&output).contains("rules/wrong.yar:3: "),
        "{}",
        stderr(&output)
    );
    let output = fondaco(&["scan", "--yara", "empty", "x.py"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("holds no YARA rules"), "{}", stderr(&output));
}

#[cfg(not(feature = "yara"))]
#[test]
fn a_program_without_them_says_so() {
    let folder = folder(&[("rules/a.yar", "rule a { condition: true }"), ("x.py", "")]);
    let output = fondaco(&["scan", "--yara", "rules", "x.py"], folder.path());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("built without YARA"), "{}", stderr(&output));
}
