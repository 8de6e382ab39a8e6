//! ## What it detects
//!
//! The protocol of a mining pool in a command or a text.
//!
//! ## Why it is bad
//!
//! It uses the machine for somebody else's money.
//!
//! ## Innocent lookalikes
//!
//! Clients of a pool name it as their purpose.
//!
//! ## Bad
//!
//! ```python setup.py
//! import os
//! os.system('./x -o stratum+tcp://x.example.invalid:3333')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! import os
//! os.system('./x -o tcp://x.example.invalid:3333')
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("mining"),
    title: "mines",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::Impact),
    weight: 2.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for unit in package.units() {
        for fact in unit.strings.iter().filter(|fact| fact.text.contains("stratum+")) {
            hits.line(unit, fact.line, "the address of a mining pool");
        }
    }
}
