//! ## What it detects
//!
//! `pip install` in a command that runs while the package is installed or imported.
//!
//! ## Why it is bad
//!
//! What is installed so stands in no metadata, and no index or lock file has seen it.
//!
//! ## Innocent lookalikes
//!
//! Old setup scripts install their requirements so, and some tools install what is missing.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('pip install other')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('pip --version')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("foreign-install"),
    title: "installs other packages by itself",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 0.35,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls().filter(|(_, call)| call.api == Some(Api::Shell)) {
        let text = call.texts().join(" ");
        let installs = ["pip install", "pip3 install", "easy_install ", "npm install"].iter().any(|c| text.contains(c));
        if call.trigger.is_some_and(Trigger::is_unasked) && installs && text.len() < 20_000 {
            hits.call(unit, call, "installs another package by a command");
        }
    }
}
