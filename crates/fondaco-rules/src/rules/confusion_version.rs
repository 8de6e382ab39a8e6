//! ## What it detects
//!
//! A first number of 99 or more that is no year, or a version of nines only.
//!
//! ## Why it is bad
//!
//! Dependency confusion needs a version higher than the private package has.
//!
//! ## Innocent lookalikes
//!
//! Calendar versions begin with a year. What brings a browser or its driver has the four numbers of that.
//!
//! ## Bad
//!
//! ```metadata
//! Name: x
//! Version: 99.10.9
//! ```
//!
//! ## Good
//!
//! ```metadata
//! Name: x
//! Version: 2024.1
//! ```
//!
//! ## Good
//!
//! ```metadata
//! Name: chromedriver-x
//! Version: 116.0.5845.96.1
//! ```
//!
//! ## Bad
//!
//! ```metadata
//! Name: x
//! Version: 116.0.5845.96.1
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("confusion-version"),
    title: "a version that wins every comparison",
    severity: Severity::Medium,
    confidence: Confidence::Low,
    behaviour: None,
    weight: 0.4,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(metadata) = package.metadata else { return };
    let first = metadata.version.split('.').next().and_then(|n| n.parse::<u64>().ok()).unwrap_or_default();
    let is_nines = metadata.version.len() >= 5 && metadata.version.bytes().all(|byte| matches!(byte, b'9' | b'.'));
    let is_year = (1990..=2100).contains(&first) || (19_900_000..=21_001_231).contains(&first);
    // Who wants to be mistaken for a private package has to take its name.
    let is_of_browser = ["chrom", "webdriver", "electron"].iter().any(|word| metadata.name.to_ascii_lowercase().contains(word));
    let has_four = metadata.version.split('.').count() >= 4;
    if is_nines || first >= 99 && !is_year && !(is_of_browser && has_four) {
        hits.member("", format!("version {}", metadata.version));
    }
}
