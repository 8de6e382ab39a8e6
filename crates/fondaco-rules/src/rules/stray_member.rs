//! ## What it detects
//!
//! A link to a file of the same name outside the package, or a name with backslashes, by which nothing is written
//! anywhere else.
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
//! backslash-in-name
//! ```
//!
//! ## Good
//!
//! ```anomaly
//! trailing-bytes
//! ```

use fondaco_archive::{Anomaly, AnomalyKind};
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
    // Installers extract the artifact itself; archives in it are data.
    let strays = package.anomalies.iter().filter(|anomaly| is_stray(package, anomaly) && !anomaly.member.contains('!'));
    for anomaly in strays {
        hits.member(&anomaly.member, format!("{}: {}", anomaly.kind.id(), anomaly.detail));
    }
}

/// Whether an unsafe name or link carries nothing out of this archive: no member lies behind a link, none climbs, and a
/// link is to another file of its own name, `LICENSE -> ../../LICENSE`.
pub(super) fn is_stray(package: &Package<'_>, anomaly: &Anomaly) -> bool {
    let has = |kind: AnomalyKind| package.anomalies.iter().any(|anomaly| anomaly.kind == kind);
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    match anomaly.kind {
        AnomalyKind::LinkOut => {
            let is_shared = anomaly.detail.starts_with("../") && last(&anomaly.detail) == last(&anomaly.member);
            is_shared && !has(AnomalyKind::BehindLink)
        }
        AnomalyKind::Backslash => !has(AnomalyKind::Traversal) && !has(AnomalyKind::AbsolutePath),
        _ => false,
    }
}
