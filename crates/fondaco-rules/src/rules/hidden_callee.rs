//! ## What it detects
//!
//! A function that runs code or commands, looked up by a text: `getattr(os, "sys" + "tem")`.
//!
//! ## Why it is bad
//!
//! Nobody writes that to be understood.
//!
//! ## Innocent lookalikes
//!
//! Compatibility shims look up names of their own modules.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! getattr(os, 'sys' + 'tem')('whoami')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('whoami')
//! ```

use fondaco_python::Api;
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("hidden-callee"),
    title: "hides what it calls",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 0.8,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let acts = matches!(call.api, Some(Api::Shell | Api::CodeExec | Api::Decode(_)));
        let is_module = call.callee.starts_with("builtins.__import__");
        if call.hidden && acts && !is_module {
            hits.call(unit, call, format!("{} looked up by its text", call.callee));
        }
    }
}
