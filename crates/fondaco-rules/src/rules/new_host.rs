//! ## What it detects
//!
//! Hosts that the code names, in a project whose release before named none at all.
//!
//! ## Why it is bad
//!
//! It isn't by itself, and is for information: what a taken-over release sends has to go somewhere.
//!
//! ## Innocent lookalikes
//!
//! A link in an error message.
//!
//! ## Bad
//!
//! ```release setup.py
//! print('https://x.example.invalid/')
//! ```
//!
//! ## Good
//!
//! ```python setup.py
//! print('https://x.example.invalid/')
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("new-host"),
    title: "names hosts, and named none before",
    severity: Severity::Info,
    confidence: Confidence::Medium,
    behaviour: None,
    weight: 0.0,
    check,
};

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(news) = package.news else { return };
    for host in &news.hosts {
        hits.member(&host.member, format!("names {}, and the release before named no host", host.host));
    }
}
