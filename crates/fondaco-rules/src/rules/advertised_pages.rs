//! ## What it detects
//!
//! A package with nothing in it whose description advertises films, games' money, cards or support lines.
//!
//! ## Why it is bad
//!
//! Indexes are filled with such pages by machines, since search engines trust them; the links lead to fraud and
//! malware.
//!
//! ## Innocent lookalikes
//!
//! Tools for films and games have code.
//!
//! ## Bad
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! Summary: WATCH the film full movie online free HD
//! Description-Content-Type: text/markdown
//!
//! Free robux generator, gift card codes, customer support number.
//! --- setup.py
//! from setuptools import setup
//! setup(name='x')
//! ```
//!
//! ## Good
//!
//! ```package x-1.0.tar.gz
//! Name: x
//! Summary: Free as in free software
//! Home-page: https://x.example.invalid/
//! --- setup.py
//! from setuptools import setup
//! setup(name='x')
//! ```

use fondaco_verdict::{Confidence, RuleId, Severity};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("advertised-pages"),
    title: "an advertisement in place of a package",
    severity: Severity::Medium,
    confidence: Confidence::High,
    behaviour: None,
    weight: 0.9,
    check,
};

/// Phrases of which a page of this sort has several.
const PHRASES: [&str; 20] = [
    "full movie",
    "watch online",
    "online free",
    "free download",
    "123movies",
    "free robux",
    "robux generator",
    "v-bucks",
    "vbucks",
    "gift card",
    "giftcard",
    "no human verification",
    "mod apk",
    "unlimited coins",
    "unlimited money",
    "hack generator",
    "customer support number",
    "customer service number",
    "free followers",
    "onlyfans",
];

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(metadata) = package.metadata.filter(|_| package.is_hollow()) else { return };
    let said = [&metadata.summary, &metadata.keywords, &metadata.description].map(|text| text.to_lowercase()).join("\n");
    let phrases: Vec<&str> = PHRASES.into_iter().filter(|phrase| said.contains(phrase)).collect();
    if phrases.len() >= 3 {
        hits.member("", format!("its description says {}", phrases.join(", ")));
    }
}
