//! ## What it detects
//!
//! Duplicate members, headers that contradict the directory, hidden or overlapping entries, polyglots.
//!
//! ## Why it is bad
//!
//! The inspector and the installer must read the same bytes; CVE-2025-54368 was such a difference.
//!
//! ## Innocent lookalikes
//!
//! None: packers do not write this.
//!
//! ## Bad
//!
//! ```anomaly
//! duplicate-member
//! ```
//!
//! ## Good
//!
//! ```anomaly
//! trailing-bytes
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("ambiguous-archive"),
    title: "two readers would see different content",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: None,
    weight: 0.8,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for anomaly in package.anomalies.iter().filter(|anomaly| anomaly.kind.is_ambiguous()) {
        hits.member(&anomaly.member, format!("{}: {}", anomaly.kind.id(), anomaly.detail));
    }
}
