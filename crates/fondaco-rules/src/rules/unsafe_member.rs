//! ## What it detects
//!
//! Names that climb out of the target folder, links by which something is written there, devices, setuid programs.
//!
//! ## Why it is bad
//!
//! A careless extractor writes where the archive says.
//!
//! ## Innocent lookalikes
//!
//! What leads out of the folder and carries nothing there is the rule `stray-member`.
//!
//! ## Bad
//!
//! ```anomaly
//! path-traversal
//! ```
//!
//! ## Good
//!
//! ```anomaly
//! trailing-bytes
//! ```

use fondaco_archive::AnomalyKind;
use fondaco_verdict::{Confidence, RuleId, Severity};

use super::stray_member::is_stray;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("unsafe-member"),
    title: "a member that attacks the extractor",
    severity: Severity::High,
    confidence: Confidence::High,
    behaviour: None,
    weight: 0.8,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let attacks = [AnomalyKind::SpecialFile, AnomalyKind::SetUid, AnomalyKind::Bomb];
    let is_attack = |kind: AnomalyKind| kind.is_unsafe_path() || attacks.contains(&kind);
    for anomaly in package.anomalies.iter().filter(|anomaly| is_attack(anomaly.kind)) {
        // Installers extract the artifact itself; archives in it are data, of tests for example.
        if anomaly.member.contains('!') || is_stray(package, anomaly) {
            continue;
        }
        hits.member(&anomaly.member, format!("{}: {}", anomaly.kind.id(), anomaly.detail));
    }
}
