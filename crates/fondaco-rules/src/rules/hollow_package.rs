//! ## What it detects
//!
//! A package with no code beyond a few lines, no data and no libraries, and without an address or without a
//! description.
//!
//! ## Why it is bad
//!
//! Nothing can be used: it was published for its name or for its installation script.
//!
//! ## Innocent lookalikes
//!
//! Metapackages and reserved names. Alone this is no ground for suspicion.
//!
//! ## Bad
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! Summary: A fast thing
//! --- setup.py
//! from setuptools import setup
//! setup(name='x')
//! --- x/__init__.py
//! ```
//!
//! ## Good
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! Requires-Dist: y
//! Summary: All that Y needs
//! --- setup.py
//! from setuptools import setup
//! setup(name='x')
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::contents::is_answered_for;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("hollow-package"),
    title: "has nothing in it",
    severity: Severity::Low,
    confidence: Confidence::Low,
    behaviour: None,
    weight: 0.3,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(metadata) = package.metadata else { return };
    if package.is_hollow() && metadata.requires_dist.is_empty() && !is_answered_for(metadata) {
        hits.member("", "no code beyond a few lines, no data, no libraries");
    }
}
