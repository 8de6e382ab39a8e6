//! `fondaco diff OLD NEW`.

use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Sdist, Wheel};
use serde_json::Value;

use crate::{folder, fondaco, json, stderr, stdout, texts};

/// A release of a harmless tool, with one more file where that is given.
fn release(version: &str, more: Option<(&str, &str)>) -> Sdist {
    let setup = format!("from setuptools import setup\nsetup(name='tool', version='{version}')\n");
    let core = "import urllib.request\ndef get():\n    return urllib.request.urlopen('https://api.example.invalid/x')\n";
    let sdist = Sdist::new("tool", version).file("setup.py", &setup).file("tool/core.py", core);
    let sdist = sdist.file("tool/sums.py", fondaco_testkit::honest_module());
    match more {
        Some((path, text)) => sdist.file(path, text),
        None => sdist.file("tool/__init__.py", ""),
    }
}

#[test]
fn a_new_version_of_the_same_code_has_nothing_new() {
    let folder = tempfile::tempdir().unwrap();
    for version in ["1.0", "1.1"] {
        release(version, None).build().write_into(folder.path());
    }
    let output = fondaco(&["diff", "tool-1.0.tar.gz", "tool-1.1.tar.gz"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(stdout(&output).contains("nothing is new"), "{}", stdout(&output));
}

#[test]
fn a_release_that_turned_bad_is_told_from_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    release("1.0", None).build().write_into(folder.path());
    let bad = attacks::BASE64_CHAIN.files[0].1;
    release("1.1", Some(("tool/__init__.py", bad))).build().write_into(folder.path());
    let args = ["diff", "--format", "json", "tool-1.0.tar.gz", "tool-1.1.tar.gz"];
    let output = fondaco(&args, folder.path());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let diff = json(&output);
    assert_eq!((diff["schema"].as_str(), diff["complete"].as_bool()), (Some("fondaco.diff/1"), Some(true)));
    assert_eq!(
        (diff["old"]["verdict"].as_str(), diff["new"]["verdict"].as_str()),
        (Some("clean"), Some("malicious"))
    );
    assert_eq!(texts(&diff["behaviours"], "id")[..2], ["obfuscation", "ingress-transfer"]);
    assert!(texts(&diff["findings"], "rule").contains(&"decoded-exec"));
    assert_eq!(texts(&diff["hosts"], "host"), ["x[.]example[.]invalid"], "the known host is not new");
    assert_eq!(diff["layers"].as_array().unwrap().len(), 1);
    assert_eq!(diff["triggers"], Value::Array(Vec::new()));
    // The other way round, nothing is new.
    let back = fondaco(&["diff", "tool-1.1.tar.gz", "tool-1.0.tar.gz"], folder.path());
    assert_eq!(back.status.code(), Some(0), "{}", stdout(&back));
    let text = stdout(&fondaco(&["diff", "tool-1.0.tar.gz", "tool-1.1.tar.gz"], folder.path()));
    for part in [
        "new behaviours:",
        "hides its code",
        "new hosts:\n    x[.]example[.]invalid",
        "(clean, score 0.00) → ",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
}

#[test]
fn new_parts_are_named_also_where_they_are_no_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let wheel = |version: &str| Wheel::new("tool", version).file("tool/__init__.py", "");
    wheel("1.0").build().write_into(folder.path());
    wheel("1.1")
        .file("tool/native.so", "\u{7f}ELF, more or less, and long enough")
        .file("tool.pth", "import tool\n")
        .build()
        .write_into(folder.path());
    let args = ["diff", "--format", "json", "tool-1.0-py3-none-any.whl", "tool-1.1-py3-none-any.whl"];
    let diff = json(&fondaco(&args, folder.path()));
    assert_eq!(texts(&diff["binaries"], "member"), ["tool/native.so"]);
    assert_eq!(diff["triggers"], serde_json::json!(["startup: tool.pth"]));
}

#[test]
fn what_is_suppressed_is_not_new() {
    let config =
        "[[suppress]]\nproject = 'tool'\nrule = 'decoded-exec'\nreason = 'ours'\nexpires = 2999-01-01\n";
    let folder = folder(&[("c.toml", config)]);
    let code = "import base64\nexec(base64.b64decode('cHJpbnQoInRoZSBwYXlsb2FkIik='))\n";
    release("1.0", None).build().write_into(folder.path());
    release("1.1", Some(("tool/__init__.py", code))).build().write_into(folder.path());
    let args = ["diff", "tool-1.0.tar.gz", "tool-1.1.tar.gz"];
    assert_eq!(fondaco(&args, folder.path()).status.code(), Some(1));
    let output = fondaco(&[&args[..], &["--config", "c.toml"]].concat(), folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}

#[test]
fn what_cannot_be_read_is_exit_code_2() {
    let folder = folder(&[("broken-1.0.tar.gz", "garbage")]);
    release("1.0", None).build().write_into(folder.path());
    for other in ["broken-1.0.tar.gz", "nothing.whl"] {
        let output = fondaco(&["diff", other, "tool-1.0.tar.gz"], folder.path());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stdout(&output).contains("not analysed in "), "{}", stdout(&output));
    }
    release("1.1", None).build().write_into(folder.path());
    let output = fondaco(&["diff", ".", "tool-1.0.tar.gz"], folder.path());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("stands for 3 artifacts"), "{}", stderr(&output));
}
