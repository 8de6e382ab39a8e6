//! Links of an sdist are read as those who extract it read them.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::Cursor;

use fondaco_archive::Limits;
use fondaco_inspect::{Context, inspect, on_large_stack};
use fondaco_testkit::Sdist;
use fondaco_verdict::{Report, Trigger, Verdict};

/// Decodes and runs something that does nothing.
const PAYLOAD: &str = "import base64\nexec(base64.b64decode('cHJpbnQoImhlbGxvIik='))\n";
const HONEST: &str = "from setuptools import setup\nsetup(name='granite')\n";

fn granite() -> Sdist {
    Sdist::new("granite", "1.0").summary("Layers of granite").file("granite/__init__.py", "LAYERS = 3\n")
}

fn inspected(sdist: Sdist) -> Report {
    let dist = sdist.build();
    let context = Context { file_name: dist.file_name, ..Context::default() };
    let bytes = dist.bytes.to_vec();
    on_large_stack(move || inspect(Cursor::new(bytes), &context, &Limits::for_testing())).unwrap()
}

/// When decoded code is run.
fn runs(report: &Report) -> Vec<Option<Trigger>> {
    let found = report.findings.iter().filter(|finding| finding.rule.as_str() == "decoded-exec");
    found.map(|finding| finding.trigger).collect()
}

#[test]
fn what_a_link_leads_to_is_run_under_the_links_name() {
    let example = || granite().file("docs/example.py", PAYLOAD);
    // Nobody loads an example of the documentation.
    let alone = inspected(example().file("setup.py", HONEST));
    assert!(alone.verdict < Verdict::Malicious, "{alone:#?}");
    for (sdist, trigger) in [
        (example().symlink("setup.py", "docs/example.py"), Trigger::Install),
        (example().symlink("setup.py", "./docs/../docs//example.py"), Trigger::Install),
        (example().hard_link("setup.py", "docs/example.py"), Trigger::Install),
        (
            example().symlink("docs/other.py", "example.py").symlink("setup.py", "docs/other.py"),
            Trigger::Install,
        ),
        (
            granite()
                .file("docs/parts/__init__.py", PAYLOAD)
                .symlink("shale", "docs/parts")
                .file("setup.py", HONEST),
            Trigger::Import,
        ),
    ] {
        let report = inspected(sdist);
        assert!(report.verdict >= Verdict::Suspicious, "{report:#?}");
        assert!(runs(&report).contains(&Some(trigger)), "{report:#?}");
    }
}

#[test]
fn a_link_in_the_place_of_a_file_and_a_file_behind_a_link_are_ambiguous() {
    for sdist in [
        granite()
            .file("setup.py", HONEST)
            .file("docs/example.py", PAYLOAD)
            .hard_link("setup.py", "docs/example.py"),
        granite().file("setup.py", HONEST).symlink("docs", "granite").file("docs/__init__.py", PAYLOAD),
    ] {
        let report = inspected(sdist);
        assert!(
            report.findings.iter().any(|found| found.rule.as_str() == "ambiguous-archive"),
            "{report:#?}"
        );
        assert!(report.verdict >= Verdict::Suspicious);
    }
}

#[test]
fn honest_links_are_clean() {
    let sdist = granite()
        .file("setup.py", HONEST)
        .file("LICENSE", "Do as you like.\n")
        .symlink("granite/LICENSE", "../LICENSE")
        .symlink("docs/source", "..")
        .symlink("granite/compat.py", "__init__.py");
    let report = inspected(sdist);
    assert_eq!((report.verdict, report.complete), (Verdict::Clean, true), "{report:#?}");
}

#[test]
fn a_link_out_of_the_archive_is_told() {
    let report = inspected(granite().file("setup.py", HONEST).symlink("granite/data", "../../../etc"));
    assert!(report.findings.iter().any(|found| found.rule.as_str() == "unsafe-member"), "{report:#?}");
}

#[test]
fn a_member_behind_a_link_out_attacks_the_extractor() {
    let sdist = granite()
        .file("setup.py", HONEST)
        .symlink("granite/data", "../../../etc")
        .file("granite/data/cron", "* * * * * true\n");
    let report = inspected(sdist);
    assert!(report.findings.iter().any(|found| found.rule.as_str() == "unsafe-member"), "{report:#?}");
}

#[test]
fn a_link_to_what_packages_share_is_stray() {
    let report = inspected(granite().file("setup.py", HONEST).symlink("LICENSE", "../../LICENSE"));
    let found: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert!(found.contains(&"stray-member") && !found.contains(&"unsafe-member"), "{report:#?}");
    assert_eq!(report.verdict, Verdict::Clean, "{report:#?}");
}
