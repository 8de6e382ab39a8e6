//! ## What it detects
//!
//! Attestations (PEP 740) that come with a file and prove nothing of it: the signature, the
//! certificate or the log entry doesn't verify, or they are about another file.
//!
//! ## Why it is bad
//!
//! Attestations that were copied from another release make a file look like one of its publisher.
//!
//! ## Innocent lookalikes
//!
//! Attestations by an authority that the operator's root of trust doesn't have.
//!
//! ## Bad
//!
//! ```publication
//! broken
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
    id: RuleId::new("provenance-broken"),
    title: "attestations that prove nothing",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: None,
    weight: 0.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(publication) = package.publication.filter(|publication| publication.is_broken) else { return };
    let before = publication.before.as_ref();
    let before = before.map(|before| format!("; the release before was published by {before}"));
    hits.member("", format!("its attestations don't verify{}", before.unwrap_or_default()));
}
