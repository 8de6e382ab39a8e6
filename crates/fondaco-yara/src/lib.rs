//! The operator's own YARA rules: compiled once in the parent, matched inside the workers.
//!
//! Conditions are interpreted (yara-x with Pulley), so that a worker needs no executable memory and
//! no system call beyond its list; the compiled form is handed over, so that it compiles nothing.
//! Budgets are bytes and numbers of matches, never time. The only crate that knows yara-x.

mod compile;
mod matching;

pub use compile::{BrokenRules, RuleSet, compile};
pub use matching::{Matcher, Matching};

use fondaco_verdict::Severity;

/// What an id of a finding begins with; the rule's own name follows.
pub const PREFIX: &str = "yara/";

/// The severity of rules that give none in their `meta`.
const DEFAULT: Severity = Severity::Medium;

/// The severity that a rule's `meta` gives in words.
fn severity(word: &str) -> Option<Severity> {
    let all = [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    all.into_iter().find(|severity| severity.id() == word)
}

/// The evidence of a match, in nats: an operator who calls a rule medium wants its files held, one
/// who calls it critical wants them blocked.
fn weight(severity: Severity) -> f32 {
    match severity {
        Severity::Info => 0.0,
        Severity::Low => 0.2,
        Severity::Medium => 0.75,
        Severity::High => 1.2,
        Severity::Critical => 2.2,
    }
}

#[cfg(test)]
mod tests;
