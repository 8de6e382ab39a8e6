//! ## What it detects
//!
//! A small package without an address and a description of more than a line, whose code runs commands, uses the network or executes
//! what it decodes.
//!
//! ## Why it is bad
//!
//! Who publishes a tool says what it is for. Payloads for tests, and the second stages of attacks, say nothing.
//!
//! ## Innocent lookalikes
//!
//! Private projects that were published by mistake.
//!
//! ## Bad
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! --- x/__init__.py
//! import os
//! def go(a):
//!     os.system(a)
//! ```
//!
//! ## Good
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! Summary: Runs what it is told
//! Home-page: https://x.example.invalid/
//! --- x/__init__.py
//! import os
//! def go(a):
//!     os.system(a)
//! ```

use fondaco_python::Call;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::contents::{is_undescribed, only_builds};
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("undescribed-actor"),
    title: "acts, and nobody says what it is",
    severity: Severity::Medium,
    confidence: Confidence::Low,
    behaviour: Some(Behaviour::Evasion),
    weight: 0.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(metadata) = package.metadata else { return };
    if !package.is_tiny() || !is_undescribed(metadata) {
        return;
    }
    // `cmake --build .` in `setup.py`: what it builds lies beside it, and is read.
    let builds = |call: &Call| call.trigger == Some(Trigger::Install) && only_builds(call);
    for (unit, call) in package.acts().filter(|(_, call)| !builds(call)) {
        hits.call(unit, call, format!("{} in a small package that nobody describes", call.callee));
    }
}
