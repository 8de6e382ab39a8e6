//! ## What it detects
//!
//! Metadata that was copied from a tutorial: authors and addresses at example domains, summaries that are the
//! template's own.
//!
//! ## Why it is bad
//!
//! Attackers fill in what the tutorial has; who maintains a project gives an address at which to reach them.
//!
//! ## Innocent lookalikes
//!
//! First steps of beginners. Alone this is no ground for suspicion.
//!
//! ## Bad
//!
//! ```metadata
//! Name: x
//! Summary: A small example package
//! Author-email: author@example.com
//! ```
//!
//! ## Good
//!
//! ```metadata
//! Name: x
//! Summary: Draws sparklines
//! Author-email: ada@lovelace.example.invalid
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("template-metadata"),
    title: "metadata of a template",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    behaviour: None,
    weight: 0.35,
    check,
};

/// Summaries of packaging tutorials and generators.
const SUMMARIES: [&str; 9] = [
    "a small example package",
    "a brief description",
    "a short description",
    "your package description",
    "my package description",
    "my first python package",
    "example package",
    "test package",
    "a python package",
];

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(metadata) = package.metadata else { return };
    let summary = metadata.summary.to_ascii_lowercase();
    let mails = [&metadata.author_email, &metadata.maintainer_email];
    let sample = |domain: &str| mails.iter().any(|mail| mail.to_ascii_lowercase().contains(domain));
    let pages = metadata.project_urls.iter().chain([&metadata.home_page]);
    let found = if ["@example.", "your.email@", "youremail@", "you@", "your@", "@test.com"].into_iter().any(sample) {
        Some("an address of a template")
    } else if SUMMARIES.iter().any(|template| summary.starts_with(template)) {
        Some("a summary of a template")
    } else if pages.into_iter().any(|page| {
        let page = page.to_ascii_lowercase();
        ["//example.com", "//example.org", "yourusername", "/yourname/", "your_username"].iter().any(|p| page.contains(p))
    }) {
        Some("a home page of a template")
    } else {
        None
    };
    if let Some(found) = found {
        hits.member("", found);
    }
}
