//! ## What it detects
//!
//! A request to a request catcher, tunnel, paste site, file drop or messenger's webhook that is made on install, at start-up or on import.
//!
//! ## Why it is bad
//!
//! A throw-away address is bad enough; a package that calls it by itself reports to whoever is behind it, or takes orders from there.
//!
//! ## Innocent lookalikes
//!
//! Clients of such a service call it when they are called.
//!
//! ## Bad
//!
//! ```python setup.py
//! import urllib.request
//! urllib.request.urlopen('https://a1b2c3.ngrok.io/x')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import urllib.request
//! def send():
//!     urllib.request.urlopen('https://www.example.invalid/x')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use super::drop_service::is_service;
use super::messenger_webhook::is_webhook;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("drop-contact"),
    title: "calls a drop box while nobody asked",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::CommandAndControl),
    weight: 1.3,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let talks = matches!(call.api, Some(Api::NetworkFetch | Api::NetworkSend | Api::Socket));
        let unasked = call.trigger.is_some_and(Trigger::is_unasked);
        if talks && unasked && call.texts().into_iter().any(|text| is_service(text) || is_webhook(text)) {
            hits.call(unit, call, format!("{} of a drop box, by itself", call.callee));
        }
    }
}
