//! ## What it detects
//!
//! Attestations (PEP 740) by another publisher than those of the release before.
//!
//! ## Why it is bad
//!
//! A project that was taken over is published from a repository of the attacker's.
//!
//! ## Innocent lookalikes
//!
//! A repository that was renamed or moved to an organisation; a workflow that was renamed.
//!
//! ## Bad
//!
//! ```publication
//! before: GitHub acme/tool release.yml
//! now: GitHub acme-tool/tool release.yml
//! ```
//!
//! ## Good
//!
//! ```publication
//! now: GitHub acme/tool release.yml
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("publisher-changed"),
    title: "published by somebody else than the release before",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: None,
    weight: 0.3,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(publication) = package.publication else { return };
    if let (Some(before), Some(now)) = (&publication.before, &publication.now) {
        hits.member("", format!("published by {now}; the release before by {before}"));
    }
}
