use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::{Confidence, RuleId, Trigger};

/// What was fitted, as committed: `name TAB value`, written by `cargo xtask eval --fit`.
pub const FITTED: &str = include_str!("weights.tsv");

/// What the score multiplies and adds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Weights {
    /// The evidence of each rule, in nats, by its id. A rule that is not here weighs what its
    /// findings say: what its author declared.
    pub rules: BTreeMap<String, f32>,
    /// How much of a weight counts for code that runs on import.
    pub import: f32,
    /// The same for console scripts and files that are run.
    pub entry_point: f32,
    /// The same for code that only runs when something calls it.
    pub call: f32,
    /// How much counts, for a few rules, of code that somebody has to ask for: what they find is done
    /// by no honest program, whoever calls it (`asked:RULE`). Judgement, not fitted.
    pub asked: BTreeMap<String, f32>,
    /// What a chain of two stages adds, as a share of its parts.
    pub two_stages: f32,
    /// What a chain of three or more stages adds.
    pub three_stages: f32,
}

impl Weights {
    /// Before anything is fitted: declared weights, and factors by judgement.
    pub fn declared() -> Self {
        Self {
            rules: BTreeMap::new(),
            import: 0.9,
            entry_point: 0.6,
            call: 0.4,
            asked: BTreeMap::new(),
            two_stages: 0.25,
            three_stages: 0.5,
        }
    }

    /// Those that were fitted and committed.
    pub fn fitted() -> &'static Self {
        static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| Weights::parse(FITTED));
        &WEIGHTS
    }

    /// Reads what `render` writes. Lines that say nothing are passed over.
    pub fn parse(text: &str) -> Self {
        let mut weights = Self::declared();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, value)) = line.split_once('\t') else { continue };
            let Ok(value) = value.trim().parse::<f32>() else { continue };
            match name {
                "trigger:import" => weights.import = value,
                "trigger:entry-point" => weights.entry_point = value,
                "trigger:call" => weights.call = value,
                "chain:2" => weights.two_stages = value,
                "chain:3" => weights.three_stages = value,
                rule if rule.starts_with("asked:") => {
                    weights.asked.insert(rule["asked:".len()..].to_owned(), value);
                }
                rule => {
                    weights.rules.insert(rule.to_owned(), value);
                }
            }
        }
        weights
    }

    /// One line for each, rules in the order of their ids.
    pub fn render(&self) -> String {
        let mut text = String::from("# Written by `cargo xtask eval --fit`; see docs/detection.md.\n");
        let factors = [
            ("chain:2", self.two_stages),
            ("chain:3", self.three_stages),
            ("trigger:call", self.call),
            ("trigger:entry-point", self.entry_point),
            ("trigger:import", self.import),
        ];
        let rules = self.rules.iter().map(|(rule, weight)| (rule.as_str(), *weight));
        for (name, value) in factors.into_iter().chain(rules) {
            text.push_str(&format!("{name}\t{value:.3}\n"));
        }
        for (rule, value) in &self.asked {
            text.push_str(&format!("asked:{rule}\t{value:.3}\n"));
        }
        text
    }

    /// The evidence of a rule, in nats; `declared` where it was not fitted.
    pub fn of(&self, rule: RuleId, declared: f32) -> f32 {
        self.rules.get(rule.as_str()).copied().unwrap_or(declared)
    }

    /// Whether no honest program does what was found, whoever asks. Of a finding of low confidence that is not said.
    pub fn is_never_asked_for(&self, rule: RuleId, confidence: Confidence) -> bool {
        confidence > Confidence::Low && self.asked.contains_key(rule.as_str())
    }

    /// Code that runs without being asked counts in full; code that nothing reaches hardly.
    pub fn factor(&self, rule: RuleId, trigger: Option<Trigger>, confidence: Confidence) -> f32 {
        let is_asked = !trigger.is_none_or(Trigger::is_unasked);
        let asked = self.asked.get(rule.as_str());
        if let Some(asked) = asked.filter(|_| is_asked && self.is_never_asked_for(rule, confidence)) {
            return *asked;
        }
        match trigger {
            Some(Trigger::Startup | Trigger::Install) | None => 1.0,
            Some(Trigger::Import) => self.import,
            Some(Trigger::EntryPoint) => self.entry_point,
            Some(Trigger::Call) => self.call,
        }
    }

    /// What a chain of that many stages adds, as a share of its parts.
    pub fn chain(&self, stages: usize) -> f32 {
        match stages {
            0 | 1 => 0.0,
            2 => self.two_stages,
            _ => self.three_stages,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut weights = Weights { call: 0.25, ..Weights::declared() };
        weights.rules.insert("decoded-exec".into(), 1.5);
        assert_eq!(Weights::parse(&weights.render()), weights);
        assert_eq!(weights.of(RuleId::new("decoded-exec"), 0.1), 1.5);
        assert_eq!(weights.of(RuleId::new("new-rule"), 0.1), 0.1);
    }

    #[test]
    fn what_is_committed_is_sound() {
        let weights = Weights::fitted();
        let order = [weights.call, weights.entry_point, weights.import, 1.0];
        assert!(order.is_sorted() && weights.two_stages <= weights.three_stages);
        assert!(weights.rules.values().all(|weight| (0.0..=3.0).contains(weight)));
        assert_eq!(weights.render(), FITTED);
    }
}
