//! ## What it detects
//!
//! Links, bytes before or after the archive, wrong checksums, and the like.
//!
//! ## Why it is bad
//!
//! Worth knowing; no evidence by itself.
//!
//! ## Innocent lookalikes
//!
//! Many.
//!
//! ## Bad
//!
//! ```anomaly
//! trailing-bytes
//! ```
//!
//! ## Good
//!
//! ```anomaly
//! duplicate-member
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("odd-framing"),
    title: "unusual framing",
    severity: Severity::Info,
    confidence: Confidence::High,
    behaviour: None,
    weight: 0.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    for anomaly in package.anomalies.iter().filter(|anomaly| !anomaly.kind.is_ambiguous()) {
        hits.member(&anomaly.member, format!("{}: {}", anomaly.kind.id(), anomaly.detail));
    }
}
