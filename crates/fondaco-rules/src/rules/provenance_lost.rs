//! ## What it detects
//!
//! A file without attestations (PEP 740), in a project whose release before was attested.
//!
//! ## Why it is bad
//!
//! Whoever publishes with a stolen token can't sign as the project's own workflow does.
//!
//! ## Innocent lookalikes
//!
//! A release that a maintainer uploaded by hand; a workflow that was changed.
//!
//! ## Bad
//!
//! ```publication
//! before: GitHub acme/tool release.yml
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
    id: RuleId::new("provenance-lost"),
    title: "not attested, and the release before was",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    behaviour: None,
    weight: 0.2,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(publication) = package.publication else { return };
    if let (Some(before), None, false) = (&publication.before, &publication.now, publication.is_broken) {
        hits.member("", format!("the release before was published by {before}, this one says by nobody"));
    }
}
