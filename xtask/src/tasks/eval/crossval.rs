//! Fitted weights, judged by packages that they were not fitted to.

use std::collections::BTreeMap;

use fondaco_pydist::Sha256;
use fondaco_verdict::{MALICIOUS, SUSPICIOUS, Weights, score_by};

use super::Outcome;
use super::fit::{BENIGN_COUNTS, Case, fit};
use super::share::Share;
use crate::tasks::root;

const FOLDS: u8 = 5;

/// Which fold a family or a project belongs to: all of its samples together.
fn fold(group: &str) -> u8 {
    Sha256::of(group.as_bytes()).as_bytes()[1] % FOLDS
}

/// What cross-validation on the open part gives, for a person, and the weights fitted to all of it.
pub(crate) struct Fitted {
    pub(crate) weights: Weights,
    pub(crate) table: String,
}

impl Fitted {
    /// Fits once for each fold and once for all.
    pub(crate) fn of(outcomes: &[Outcome]) -> Self {
        let open: Vec<&Outcome> = outcomes.iter().filter(|o| !o.sample.is_sealed).collect();
        let mut held_out = Vec::new();
        for this in 0..FOLDS {
            let (test, train): (Vec<_>, Vec<_>) = open.iter().partition(|o| fold(&o.sample.group) == this);
            let weights = fit(&cases(&train));
            held_out.extend(test.iter().map(|o| (*o, score_by(&o.findings, &weights).total)));
        }
        let weights = fit(&cases(&open));
        let by = |weights: &Weights| -> Vec<_> {
            open.iter().map(|o| (*o, score_by(&o.findings, weights).total)).collect()
        };
        let mut table = format!("{:38} {:32} benign, open\n", "weights", "families, open");
        for (name, scored) in [
            ("as declared", by(&declared())),
            ("fitted, cross-validated", held_out),
            ("fitted, on what they were fitted to", by(&weights)),
        ] {
            for (level, least) in [("suspicious", SUSPICIOUS), ("malicious", MALICIOUS)] {
                let (found, wrong) = (families(&scored, least), benign(&scored, least));
                table.push_str(&format!("{name}\n  at least {level:27} {found} {wrong}\n"));
            }
        }
        Self { weights, table }
    }

    /// Writes the weights to where the score reads them.
    pub(crate) fn write(&self) -> anyhow::Result<()> {
        let path = root().join("crates/fondaco-verdict/src/weights.tsv");
        std::fs::write(&path, self.weights.render())?;
        println!("wrote {}", path.display());
        Ok(())
    }
}

/// What the rules' authors declared. Findings carry fitted weights already.
fn declared() -> Weights {
    let mut weights = Weights::declared();
    weights.rules = fondaco_rules::all()
        .filter(|rule| rule.weight > 0.0)
        .map(|rule| (rule.id.to_string(), rule.weight))
        .collect();
    weights
}

fn cases<'o>(outcomes: &[&'o Outcome]) -> Vec<Case<'o>> {
    let mut sizes: BTreeMap<(bool, &str), f64> = BTreeMap::new();
    for outcome in outcomes {
        *sizes.entry((outcome.sample.is_malicious, outcome.sample.group.as_str())).or_default() += 1.0;
    }
    let case = |outcome: &&'o Outcome| {
        let is_malicious = outcome.sample.is_malicious;
        let size = sizes.get(&(is_malicious, outcome.sample.group.as_str())).copied().unwrap_or(1.0);
        let counts = if is_malicious { 1.0 } else { BENIGN_COUNTS } / size;
        Case { findings: &outcome.findings, is_malicious, counts }
    };
    outcomes.iter().map(case).collect()
}

pub(super) fn families(scored: &[(&Outcome, f32)], least: f32) -> Share {
    let mut families: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (outcome, score) in scored.iter().filter(|(o, _)| o.sample.is_malicious) {
        let (found, all) = families.entry(&outcome.sample.group).or_default();
        *found += f64::from(u8::from(*score >= least));
        *all += 1.0;
    }
    Share { part: families.values().map(|(found, all)| found / all).sum(), whole: families.len() }
}

pub(super) fn benign(scored: &[(&Outcome, f32)], least: f32) -> Share {
    let of: Vec<_> = scored.iter().filter(|(o, _)| !o.sample.is_malicious).collect();
    Share { part: of.iter().filter(|(_, score)| *score >= least).count() as f64, whole: of.len() }
}
