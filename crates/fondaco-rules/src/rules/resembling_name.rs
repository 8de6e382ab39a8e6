//! ## What it detects
//!
//! A name one or two edits from that of a very popular project.
//!
//! ## Why it is bad
//!
//! Typosquats wait for a slip of the finger.
//!
//! ## Innocent lookalikes
//!
//! Short names are near to each other by chance, and plug-ins and forks choose near names. Alone this is no ground for suspicion.
//!
//! ## Bad
//!
//! ```metadata
//! Name: reqeusts
//! Version: 1.0
//! ```
//!
//! ## Good
//!
//! ```metadata
//! Name: entirely-my-own-idea
//! Version: 1.0
//! ```

use fondaco_pydist::ProjectName;
use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule, popular};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("resembling-name"),
    title: "a name like a popular one",
    severity: Severity::Low,
    confidence: Confidence::Low,
    behaviour: None,
    weight: 0.3,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(metadata) = package.metadata else { return };
    let Ok(name) = metadata.name.parse::<ProjectName>() else { return };
    if let Some(popular) = popular::nearest(&name.to_string()) {
        hits.member("", format!("the name is like {popular}"));
    }
}
