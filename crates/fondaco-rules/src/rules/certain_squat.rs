//! ## What it detects
//!
//! A name that is hardly anything but the slip of somebody who wanted a popular project: one of about two thousand
//! names of the public index is as near to another, and most of those are slips that were taken on purpose.
//!
//! ## Why it is bad
//!
//! Whoever installs it wanted something else, whatever is in it today. More than 500 such names were taken within a
//! day in March 2024.
//!
//! ## Innocent lookalikes
//!
//! Forks and plug-ins are called by more than a slip. A project that is known under its name is none.
//!
//! ## Bad
//!
//! ```package aliababcloud_tea_openapi-0.3.7.tar.gz
//! Name: aliababcloud_tea_openapi
//! Version: 0.3.7
//! ```
//!
//! ## Good
//!
//! ```package requests-of-my-own-1.0.tar.gz
//! Name: requests-of-my-own
//! Version: 1.0
//! ```

use fondaco_pydist::ProjectName;
use fondaco_verdict::{Confidence, RuleId, Severity};

use super::confusable_name::ENGINE;
use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("certain-squat"),
    title: "a name that is a slip of another",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    behaviour: None,
    weight: 0.72,
    check,
};

/// The probability by the model of names from which on 270 of the 443 names of March 2024 and 33 of 60,000 drawn from
/// the index are.
const SURE: f32 = 0.96;

fn check(package: &Package<'_>, hits: &mut Hits) {
    let Some(metadata) = package.metadata else { return };
    let Ok(name) = metadata.name.parse::<ProjectName>() else { return };
    let answer = ENGINE.spelling(name.as_str());
    if let Some(sentence) = answer.sentence().filter(|_| answer.score() >= SURE) {
        hits.member("", format!("the name {sentence}"));
    }
}
