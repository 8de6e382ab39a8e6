//! ## What it detects
//!
//! Code that nobody called, which loads or starts a file and deletes it.
//!
//! ## Why it is bad
//!
//! Whoever looks for what happened finds nothing (ATT&CK T1070.004).
//!
//! ## A real incident
//!
//! A package for coloured terminals loaded a library that lay in it as soon as it was imported, and deleted the library.
//!
//! ## Innocent lookalikes
//!
//! Installers delete what they have unpacked, once it is installed; they are called.
//!
//! ## Bad
//!
//! ```python pkg/__init__.py
//! import ctypes, os
//! ctypes.CDLL('pkg/terminate.so')
//! os.remove('pkg/terminate.so')
//! ```
//!
//! ## Good
//!
//! ```python pkg/__init__.py
//! import ctypes, os
//! ctypes.CDLL('pkg/fast.so')
//! os.remove('pkg/cache.db')
//! ```

use fondaco_python::{Api, Call};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("indicator-removal"),
    title: "deletes what it has run",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Evasion),
    weight: 1.2,
    check,
};

/// A shorter name may be anything.
const MIN_NAME: usize = 5;

fn check(package: &Package<'_>, hits: &mut Hits) {
    let unasked = |call: &&Call| call.trigger.is_some_and(Trigger::is_unasked);
    for unit in package.units() {
        let run: Vec<&Call> = unit.calls.iter().filter(unasked).collect();
        for call in unit.calls.iter().filter(unasked).filter(|call| call.api == Some(Api::FileDelete)) {
            let texts = call.texts();
            let is_name = |text: &&&str| text.len() >= MIN_NAME && text.contains('.');
            let gone: Vec<&str> = texts.iter().filter(is_name).copied().collect();
            if let Some(run) = run.iter().find(|run| program(run).is_some_and(|text| gone.contains(&text))) {
                hits.call(unit, call, format!("{} of what {} has run", call.callee, run.callee));
                break;
            }
        }
    }
}

/// The library that a call loads, or the program that it starts: what a program is given is a matter
/// of temporary files.
fn program(call: &Call) -> Option<&str> {
    let first = call.args.first()?;
    match call.api {
        Some(Api::Native) => first.texts().last().copied(),
        Some(Api::Shell) => match first.as_list() {
            Some(words) => words.first()?.texts().last().copied(),
            None => first.as_str(),
        },
        _ => None,
    }
}
