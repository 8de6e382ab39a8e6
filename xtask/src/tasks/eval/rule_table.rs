//! What each rule finds, of the open part only.

use std::collections::BTreeSet;

use fondaco_verdict::{Severity, Weights};
use serde_json::{Value, json};

use super::Outcome;

/// One row a rule: how many open families and open benign archives it hits, and its weights.
pub(crate) fn rows(outcomes: &[Outcome]) -> Vec<Value> {
    let open: Vec<&Outcome> = outcomes.iter().filter(|o| !o.sample.is_sealed).collect();
    let row = |rule: &fondaco_rules::Rule| {
        let hit: Vec<&&Outcome> =
            open.iter().filter(|o| o.findings.iter().any(|f| f.rule == rule.id)).collect();
        let families: BTreeSet<&str> =
            hit.iter().filter(|o| o.sample.is_malicious).map(|o| o.sample.group.as_str()).collect();
        json!({
            "rule": rule.id.as_str(),
            "severity": rule.severity.id(),
            "declared": rule.weight,
            "weight": if rule.severity == Severity::Info { 0.0 } else { Weights::fitted().of(rule.id, rule.weight) },
            "families": families.len(),
            "benign": hit.iter().filter(|o| !o.sample.is_malicious).count(),
        })
    };
    fondaco_rules::all().map(row).collect()
}

/// The same for a person.
pub(crate) fn text(outcomes: &[Outcome]) -> String {
    let mut text = format!(
        "{:24} {:8} {:>8} {:>6} {:>8} {:>6}\n",
        "rule", "severity", "declared", "weight", "families", "benign"
    );
    for row in rows(outcomes) {
        text.push_str(&format!(
            "{:24} {:8} {:8.2} {:6.2} {:8} {:6}\n",
            row["rule"].as_str().unwrap_or_default(),
            row["severity"].as_str().unwrap_or_default(),
            row["declared"].as_f64().unwrap_or_default(),
            row["weight"].as_f64().unwrap_or_default(),
            row["families"],
            row["benign"]
        ));
    }
    text
}
