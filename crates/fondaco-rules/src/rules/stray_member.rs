//! ## What it detects
//!
//! A link that leads out of the package, or a name with backslashes, by which nothing is written anywhere else.
//!
//! ## Why it is bad
//!
//! Extractors differ in what they make of it; installers refuse some of it.
//!
//! ## Innocent lookalikes
//!
//! Most: a repository of several packages has links to the licence that all share, and old packers on Windows wrote
//! backslashes. It counts little by itself.
//!
//! ## Bad
//!
//! ```anomaly
//! link-out
//! ```
//!
//! ## Good
//!
//! ```anomaly
//! trailing-bytes
//! ```

use fondaco_archive::AnomalyKind;
use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("stray-member"),
    title: "a name or link that leads out of the package",
    severity: Severity::Low,
    confidence: Confidence::High,
    behaviour: None,
    weight: 0.3,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let strays = strays(package);
    // Installers extract the artifact itself; archives in it are data.
    for anomaly in package.anomalies.iter().filter(|anomaly| strays.contains(&anomaly.kind) && !anomaly.member.contains('!')) {
        hits.member(&anomaly.member, format!("{}: {}", anomaly.kind.id(), anomaly.detail));
    }
}

/// The kinds of unsafe names that carry nothing out of this archive: no member lies behind a link, none climbs.
pub(super) fn strays(package: &Package<'_>) -> Vec<AnomalyKind> {
    let has = |kind: AnomalyKind| package.anomalies.iter().any(|anomaly| anomaly.kind == kind);
    let link = (!has(AnomalyKind::BehindLink)).then_some(AnomalyKind::LinkOut);
    let name = (!has(AnomalyKind::Traversal)).then_some(AnomalyKind::Backslash);
    link.into_iter().chain(name).collect()
}
