//! ## What it detects
//!
//! A PowerShell command given as base64 (`-EncodedCommand`).
//!
//! ## Why it is bad
//!
//! No package needs to hide the command that it runs.
//!
//! ## Innocent lookalikes
//!
//! None known in published packages.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('powershell -NoProfile -enc ZQBjAGgAbwAgAGgAZQBsAGwAbwAgAHQAaABlAHIAZQA=')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('powershell -NoProfile Get-Date')
//! ```

use fondaco_python::{Encoder, Language};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("encoded-powershell"),
    title: "runs encoded PowerShell",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::CommandExecution),
    weight: 2.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        if unit.language == Language::PowerShell && unit.encoders.contains(&Encoder::Base64) {
            let line = unit.origin.as_ref().map_or(0, |origin| origin.line);
            hits.line(unit, line, "PowerShell given as base64");
        }
    }
}
