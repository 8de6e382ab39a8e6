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
//! Packers do not write this. Data in a package may be compressed in blocks, and tests of archivers hold such archives:
//! neither counts.
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

use fondaco_archive::{Anomaly, AnomalyKind};
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
    // Two readme files are a careless build: whichever is read, nothing of it runs.
    let matters = |anomaly: &&Anomaly| {
        let is_repeated = matches!(anomaly.kind, AnomalyKind::Duplicate | AnomalyKind::CaseDuplicate);
        anomaly.kind.is_ambiguous() && !(is_repeated && is_prose(&anomaly.member)) && !is_data(anomaly)
    };
    // Tests of archivers have archives of every sort.
    let matters = |anomaly: &&Anomaly| matters(anomaly) && !(is_inner(&anomaly.member) && package.members.is_apart(&anomaly.member));
    for anomaly in package.anomalies.iter().filter(matters) {
        hits.member(&anomaly.member, format!("{}: {}", anomaly.kind.id(), anomaly.detail));
    }
}

fn is_inner(member: &str) -> bool {
    member.contains('!')
}

/// Whether a compressed file within the package is of several streams: data in blocks, as sequences of genes are kept
/// to be read from anywhere (BGZF).
fn is_data(anomaly: &Anomaly) -> bool {
    is_inner(&anomaly.member) && anomaly.kind == AnomalyKind::ConcatenatedStreams
}

fn is_prose(member: &str) -> bool {
    let name = member.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    matches!(stem, "readme" | "license" | "licence" | "copying" | "changelog" | "authors" | "notice")
        && [stem, "txt", "md", "rst"].contains(&name.rsplit('.').next().unwrap_or_default())
}
