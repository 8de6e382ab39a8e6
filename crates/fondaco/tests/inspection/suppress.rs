//! Findings that the operator has ruled out.

use fondaco_testkit::samples::attacks;
use fondaco_testkit::{Dist, Sdist, honest_module};

use crate::{folder, fondaco, json, stderr, stdout};

const PROJECT: &str = "tool";

/// Decodes code and executes it, and does nothing else that counts.
fn decoder() -> Dist {
    let setup = "import base64\nexec(base64.b64decode('cHJpbnQoInRoZSBwYXlsb2FkIik='))\n";
    Sdist::new(PROJECT, "1.0").file("setup.py", setup).file("tool/core.py", honest_module()).build()
}

fn entry(project: &str, rule: &str, expires: &str) -> String {
    format!(
        "[[suppress]]\nproject = '{project}'\nrule = '{rule}'\nreason = 'our loader; ticket 7'\nexpires = {expires}\n"
    )
}

#[test]
fn a_suppressed_finding_stays_in_the_report_and_is_no_evidence() {
    let config = entry("Tool", "decoded-exec", "2999-01-01");
    let folder = folder(&[("c.toml", &config)]);
    let path = decoder().write_into(folder.path());
    let path = path.to_str().unwrap();
    let without = fondaco(&["scan", "--format", "json", path], folder.path());
    assert_eq!(without.status.code(), Some(1));
    let with = fondaco(&["scan", "--format", "json", "--config", "c.toml", path], folder.path());
    assert_eq!(with.status.code(), Some(0), "{}", stdout(&with));
    let (before, after) = (&json(&without)[0], &json(&with)[0]);
    assert_eq!((after["verdict"].as_str(), after["score"].as_f64()), (Some("clean"), Some(0.0)));
    assert!(
        after["behaviours"].as_array().unwrap().is_empty() && after["story"].as_array().unwrap().is_empty()
    );
    let of = |report: &serde_json::Value| {
        let findings = report["findings"].as_array().unwrap().clone();
        findings.into_iter().find(|f| f["rule"] == "decoded-exec").unwrap()
    };
    assert_eq!(of(after)["suppressed"], "our loader; ticket 7");
    assert!(of(before).get("suppressed").is_none());
    assert_ne!(before["engine"], after["engine"], "evidence rests on what was ruled out");
    let text = stdout(&fondaco(&["scan", "--config", "c.toml", path], folder.path()));
    assert!(text.contains("suppressed: decoded-exec at tool-1.0/setup.py:2: our loader; ticket 7"), "{text}");
    let sarif = json(&fondaco(&["scan", "--format", "sarif", "--config", "c.toml", path], folder.path()));
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().any(|r| r["suppressions"][0]["justification"] == "our loader; ticket 7"));
}

#[test]
fn what_is_ruled_out_is_one_rule_of_one_project() {
    let config =
        entry("other", "decoded-exec", "2999-01-01") + &entry(PROJECT, "reverse-shell", "2999-01-01");
    let folder = folder(&[("c.toml", &config)]);
    let path = decoder().write_into(folder.path());
    let output = fondaco(&["scan", "--config", "c.toml", path.to_str().unwrap()], folder.path());
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    // A file that only says in its metadata that it is the project gets nothing either.
    let renamed = Dist::raw("evil-1.0.tar.gz", decoder().bytes.to_vec()).write_into(folder.path());
    std::fs::write(folder.path().join("c.toml"), entry(PROJECT, "decoded-exec", "2999-01-01")).unwrap();
    let output = fondaco(&["scan", "--config", "c.toml", renamed.to_str().unwrap()], folder.path());
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
}

#[test]
fn one_that_has_expired_is_warned_of_and_does_not_count() {
    let folder = folder(&[("c.toml", &entry(PROJECT, "decoded-exec", "2020-01-01"))]);
    let path = decoder().write_into(folder.path());
    let output = fondaco(&["scan", "--config", "c.toml", path.to_str().unwrap()], folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("a suppression has expired"), "{}", stderr(&output));
}

#[test]
fn what_is_wrong_in_it_is_said_and_nothing_is_inspected() {
    for (config, part) in [
        (entry(PROJECT, "decode-exec", "2999-01-01"), "no rule is called \"decode-exec\""),
        (entry("???", "decoded-exec", "2999-01-01"), "???"),
        (entry(PROJECT, "decoded-exec", "07:32:00"), "is no day"),
        (
            entry(PROJECT, "decoded-exec", "2999-01-01").replace("our loader; ticket 7", " "),
            "a reason is needed",
        ),
        (entry(PROJECT, "decoded-exec", "2999-01-01").replace("expires", "expire"), "expire"),
        ("[[suppress]]\nproject = 'x'\nrule = 'decoded-exec'\nreason = 'r'\n".to_owned(), "expires"),
    ] {
        let folder = folder(&[("c.toml", &config)]);
        let path = decoder().write_into(folder.path());
        let output = fondaco(&["scan", "--config", "c.toml", path.to_str().unwrap()], folder.path());
        assert_eq!(output.status.code(), Some(2), "{config}: {output:?}");
        assert!(
            stdout(&output).is_empty() && stderr(&output).contains(part),
            "{config}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn a_real_attack_keeps_its_other_evidence() {
    let sample = attacks::BASE64_CHAIN;
    let folder = folder(&[("c.toml", &entry(sample.project, "decoded-exec", "2999-01-01"))]);
    let path = sample.wheel().unwrap().write_into(folder.path());
    let output = fondaco(&["scan", "--config", "c.toml", path.to_str().unwrap()], folder.path());
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
}
