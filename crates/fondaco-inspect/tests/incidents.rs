//! Attacks of 2022 to 2026 as their reports tell of them, written anew and harmless: each is held,
//! in a package that is otherwise honest, by the rule that its second line names.
//!
//! The first line of each file ends the program, so that nobody who runs one does any harm; it is
//! taken off here.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::Cursor;
use std::path::Path;

use fondaco_archive::Limits;
use fondaco_inspect::{Context, inspect, on_large_stack};
use fondaco_testkit::Wheel;
use fondaco_verdict::{Report, Verdict};

const GUARD: &str = "raise SystemExit('a fixture')\n# held by ";

fn inspected(code: &str) -> Report {
    let steps: String = (0..25)
        .map(|n| {
            format!(
                "def step_{n}(values):\n    \"\"\"The values above {n}.\"\"\"\n    \
                 return [value for value in values if value > {n}]\n\n\n"
            )
        })
        .collect();
    let dist = Wheel::new("series", "1.4.2")
        .file("series/__init__.py", format!("from .steps import *\n{code}"))
        .file("series/steps.py", steps)
        .build();
    let context = Context { file_name: dist.file_name, ..Context::default() };
    let bytes = dist.bytes.to_vec();
    on_large_stack(move || inspect(Cursor::new(bytes), &context, &Limits::for_testing())).unwrap()
}

#[test]
fn each_is_held() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/incidents");
    let mut failures = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 160, "{} incidents", files.len());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let (rule, code) = text.strip_prefix(GUARD).unwrap().split_once('\n').unwrap();
        let report = inspected(code);
        let found: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
        if report.verdict < Verdict::Suspicious || !found.contains(&rule) {
            failures.push(format!("{}: {:.2} {found:?}", file.display(), report.score));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What honest clients do that is near to these: nothing is said of it.
#[test]
fn lookalikes_are_clean() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lookalikes");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() > 10, "{} lookalikes", files.len());
    for file in files {
        let report = inspected(&std::fs::read_to_string(&file).unwrap());
        let found: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!((report.verdict, found.as_slice()), (Verdict::Clean, [].as_slice()), "{}", file.display());
    }
}

#[test]
fn the_package_around_them_is_clean() {
    let report = inspected("VERSION = '1.4.2'\n");
    assert_eq!((report.verdict, report.complete), (Verdict::Clean, true), "{report:#?}");
}
