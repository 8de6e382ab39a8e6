//! ## What it detects
//!
//! Code after 200 or more blanks on a line.
//!
//! ## Why it is bad
//!
//! Editors and web pages do not show it.
//!
//! ## Innocent lookalikes
//!
//! Tables in generated code have no code after the blanks.
//!
//! ## Bad
//!
//! ```python setup.py
//! x = 1                                                                                                                                                                                                                            ; import os; os.system('whoami')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! x = 1
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("padded-code"),
    title: "pushes code out of sight",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Obfuscation),
    weight: 1.6,
    check,
};

/// Blanks in a row that move code off a screen.
const MIN_BLANKS: usize = 200;

fn check(package: &Package<'_>, hits: &mut Hits) {
    for (unit, call) in package.calls() {
        let line = unit.line(call.line).trim_start();
        if line.len() > MIN_BLANKS && line.contains(&" ".repeat(MIN_BLANKS)) && !line.starts_with('#') {
            // Hidden text is meant to be run, whichever way its module is.
            hits.line(unit, call.line, "code after more than 200 blanks");
        }
    }
}
