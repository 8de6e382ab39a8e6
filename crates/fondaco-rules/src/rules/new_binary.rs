//! ## What it detects
//!
//! Programs or libraries among the members, in a project whose release before had none at all.
//!
//! ## Why it is bad
//!
//! A pure project that suddenly carries a program has something to run that nobody can read.
//!
//! ## Innocent lookalikes
//!
//! Projects that begin to be built with an extension in C or Rust. Alone this is no ground for suspicion.
//!
//! ## Bad
//!
//! ```release setup.py
//! print('hello')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! print('hello')
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("new-binary"),
    title: "carries programs, and carried none before",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    behaviour: None,
    weight: 0.2,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(news) = package.news else { return };
    for binary in &news.binaries {
        hits.member(&binary.member, format!("{}: the release before had no program", binary.format));
    }
}
