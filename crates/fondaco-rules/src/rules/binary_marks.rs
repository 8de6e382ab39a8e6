//! ## What it detects
//!
//! A library, program, script or bytecode file that holds a messenger webhook, a `/dev/tcp` shell, browser secrets or a mining pool.
//!
//! ## Why it is bad
//!
//! The payload lies where readers of Python do not look.
//!
//! ## Innocent lookalikes
//!
//! Browsers and security tools hold such texts; packages with native code hardly do.
//!
//! ## Bad
//!
//! ```native
//! /dev/tcp/
//! ```
//!
//! ## Good
//!
//! ```native
//!
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("binary-marks"),
    title: "a binary or script that names what attackers use",
    severity: Severity::High,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::Exfiltration),
    weight: 1.2,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for native in package.natives.iter().filter(|native| !native.marks.is_empty()) {
        hits.member(&native.member, format!("{} with {}", native.format.unwrap_or("file"), native.marks.join(", ")));
    }
}
