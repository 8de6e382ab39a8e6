//! ## What it detects
//!
//! A dependency that is named by an address instead of a version.
//!
//! ## Why it is bad
//!
//! What the address gives is on no index, can change at any time, and is inspected by nobody: an installer fetches it
//! past every gate. So it is held for a person by itself.
//!
//! ## Innocent lookalikes
//!
//! Private projects that were published by mistake. Public indexes refuse such uploads today, private ones don't.
//!
//! ## Bad
//!
//! ```metadata
//! Name: x
//! Requires-Dist: y @ https://files.example.invalid/y.tar.gz
//! ```
//!
//! ## Good
//!
//! ```metadata
//! Name: x
//! Requires-Dist: y>=1.0; python_version < "3.9"
//! ```

use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("direct-dependency"),
    title: "a dependency from an address",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: Some(Behaviour::IngressTransfer),
    weight: 0.72,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(metadata) = package.metadata else { return };
    for requirement in metadata.requires_dist.iter().filter(|text| text.contains('@') && text.contains("://")) {
        let name = requirement.split('@').next().unwrap_or_default().trim();
        hits.member("", format!("{name} comes from an address"));
    }
}
