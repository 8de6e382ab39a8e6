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
//! Calendar versions begin with a year. Those of a browser and its driver have four numbers.
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
    // Nobody makes up the third of four numbers to win by the first.
    let is_browser = matches!(
        metadata.version.split('.').collect::<Vec<_>>()[..],
        [_, "0", build, _, ..] if build.len() == 4 && build.bytes().all(|byte| byte.is_ascii_digit()) && build != "9999"
    );
    if is_nines || first >= 99 && !is_year && !is_browser {
        hits.member("", format!("version {}", metadata.version));
    }
}
