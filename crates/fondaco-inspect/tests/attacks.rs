//! Six kinds of attack and six innocent lookalikes, whole packages, inspected in every form.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::Cursor;

use fondaco_archive::Limits;
use fondaco_inspect::{Context, inspect, on_large_stack};
use fondaco_testkit::{Dist, Sample, Sdist, Wheel, samples::attacks, samples::lookalikes};
use fondaco_verdict::{Behaviour, Report, Trigger, Verdict};

fn inspected(dist: Dist) -> Report {
    let context = Context { file_name: dist.file_name, ..Context::default() };
    let bytes = dist.bytes.to_vec();
    on_large_stack(move || inspect(Cursor::new(bytes), &context, &Limits::for_testing())).unwrap()
}

#[track_caller]
fn malicious(sample: &Sample, behaviour: Behaviour, trigger: Trigger) {
    assert!(sample.malicious);
    for dist in sample.dists() {
        let report = inspected(dist);
        assert_eq!(report.verdict, Verdict::Malicious, "{report:#?}");
        assert!(report.behaviours.contains(&behaviour), "{:?}", report.behaviours);
        assert!(report.stages.iter().any(|stage| stage.trigger == Some(trigger)), "{:?}", report.stages);
    }
}

#[track_caller]
fn clean(sample: &Sample) {
    assert!(!sample.malicious);
    for dist in sample.dists() {
        let report = inspected(dist);
        assert_eq!((report.verdict, report.complete), (Verdict::Clean, true), "{report:#?}");
        assert_eq!(report.findings, [], "{}", sample.about);
    }
}

#[test]
fn a_typosquat_with_a_dropper_on_install() {
    malicious(&attacks::TYPOSQUAT, Behaviour::IngressTransfer, Trigger::Install);
}

#[test]
fn a_stealer_in_a_pth() {
    malicious(&attacks::STARTUP_STEALER, Behaviour::Exfiltration, Trigger::Startup);
}

#[test]
fn a_chain_of_base64_and_exec() {
    malicious(&attacks::BASE64_CHAIN, Behaviour::Obfuscation, Trigger::Import);
}

#[test]
fn a_stealer_of_browsers_and_wallets_with_a_webhook() {
    malicious(&attacks::WALLET_STEALER, Behaviour::BrowserWalletTheft, Trigger::Import);
}

#[test]
fn a_reverse_shell() {
    malicious(&attacks::REVERSE_SHELL, Behaviour::CommandAndControl, Trigger::Install);
}

#[test]
fn encoded_powershell() {
    malicious(&attacks::ENCODED_POWERSHELL, Behaviour::CommandExecution, Trigger::Install);
}

#[test]
fn a_tool_that_runs_commands_when_called() {
    clean(&lookalikes::COMMAND_TOOL);
}

#[test]
fn a_web_client() {
    clean(&lookalikes::WEB_CLIENT);
}

#[test]
fn a_package_with_a_c_build() {
    clean(&lookalikes::C_BUILD);
}

#[test]
fn telemetry_when_a_program_runs() {
    clean(&lookalikes::TELEMETRY);
}

#[test]
fn assets_in_base64() {
    clean(&lookalikes::BASE64_ASSETS);
}

#[test]
fn a_version_read_by_exec() {
    clean(&lookalikes::VERSION_EXEC);
}

#[test]
fn what_the_test_kit_builds_is_framed_like_honest_packages() {
    let wheel = Wheel::new("x", "1.0").requires("y>=1").filler(100_000).build();
    for dist in [wheel, Sdist::new("x", "1.0").build()] {
        let report = inspected(dist);
        assert_eq!(
            (report.verdict, report.complete, report.score),
            (Verdict::Clean, true, 0.0),
            "{report:#?}"
        );
        assert_eq!(report.findings, []);
    }
}

#[test]
fn what_is_no_archive_is_incomplete_never_clean() {
    let context = Context { file_name: "x-1.0.tar.gz".into(), ..Context::default() };
    let report = inspect(Cursor::new(b"hello".to_vec()), &context, &Limits::for_testing());
    assert_eq!((report.verdict, report.complete), (Verdict::Incomplete, false));
}

#[test]
fn the_same_bytes_give_the_same_report() {
    let dist = Sdist::new("x", "1.0").file("setup.py", "import os\nos.system('whoami')\n").build();
    assert_eq!(inspected(dist.clone()), inspected(dist));
}
