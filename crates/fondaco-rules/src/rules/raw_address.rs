//! ## What it detects
//!
//! A public IP address in a URL or connection, in code that runs unasked.
//!
//! ## Why it is bad
//!
//! Real services have names.
//!
//! ## Innocent lookalikes
//!
//! Defaults such as 127.0.0.1, private ranges and name servers do not count.
//!
//! ## Bad
//!
//! ```python setup.py
//! import urllib.request
//! urllib.request.urlopen('http://203.0.113.9/a')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import urllib.request
//! urllib.request.urlopen('http://127.0.0.1/a')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import socket
//! own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
//! own.connect(('192.0.2.1', 53))
//! print(own.getsockname())
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("raw-address"),
    title: "talks to a bare IP address",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::CommandAndControl),
    weight: 0.7,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let network = matches!(call.api, Some(Api::NetworkFetch | Api::NetworkSend | Api::Socket | Api::Shell));
        if network
            && call.trigger.is_some_and(Trigger::is_unasked)
            && call.texts().iter().any(|text| has_public_address(text))
        {
            hits.call(unit, call, "a bare IP address");
        }
    }
}

pub(super) fn has_public_address(text: &str) -> bool {
    let is_part = |c: char| !(c.is_ascii_digit() || c == '.');
    text.len() < 20_000
        && text.split(is_part).filter(|part| part.matches('.').count() == 3).any(|part| {
            part.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| {
                let [first, second, ..] = ip.octets();
                // Of documentation the first is also what programs connect to that want to know their own address.
                let is_local = matches!(ip.octets(), [192, 0, 2, _]) || ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast();
                // Name servers, and what is a version rather than an address.
                !is_local && !ip.is_broadcast() && first > 9 && (first, second) != (8, 8)
            })
        })
}
