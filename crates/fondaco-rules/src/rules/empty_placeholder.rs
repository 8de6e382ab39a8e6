//! ## What it detects
//!
//! A package without content, without an address, without a description of more than a line, and without anybody who
//! stands for it (an e-mail address beside a summary of more than a word).
//!
//! ## Why it is bad
//!
//! Names are taken this way for typosquats and for dependency confusion: the harmful release comes later.
//!
//! ## Innocent lookalikes
//!
//! Owners reserve names too; they mostly say so and give an address. Metapackages have dependencies and a summary.
//!
//! ## Bad
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! Version: 1.0
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
//! Version: 1.0
//! Summary: All that the project Y needs
//! Home-page: https://y.example.invalid/
//! --- setup.py
//! from setuptools import setup
//! setup(name='x')
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::contents::{is_signed, is_undescribed};
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("empty-placeholder"),
    title: "empty, and nobody says what it is",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: None,
    weight: 0.72,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(metadata) = package.metadata else { return };
    // With dependencies and a summary it is a metapackage.
    let gathers = !metadata.requires_dist.is_empty() && metadata.summary.trim().contains(' ');
    if package.is_hollow() && is_undescribed(metadata) && !is_signed(metadata) && !gathers {
        hits.member("", "no content, no address, no description");
    }
}
