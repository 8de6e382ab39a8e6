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

/// Cross-validates on the open part, prints what that gives, fits on all of it and writes.
pub(crate) fn run(outcomes: &[Outcome]) -> anyhow::Result<()> {
    let open: Vec<&Outcome> = outcomes.iter().filter(|o| !o.sample.is_sealed).collect();
    let declared = Weights::declared();
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
    println!("weights, open part: families suspicious, malicious; benign suspicious, malicious");
    for (name, scored) in [
        ("as declared", by(&declared)),
        ("fitted, cross-validated", held_out),
        ("fitted, on what they were fitted to", by(&weights)),
    ] {
        println!("{name}");
        for least in [SUSPICIOUS, MALICIOUS] {
            println!("  {} | {}", families(&scored, least), benign(&scored, least));
        }
    }
    let path = root().join("crates/fondaco-verdict/src/weights.tsv");
    std::fs::write(&path, weights.render())?;
    println!("wrote {}", path.display());
    Ok(())
}

fn cases<'o>(outcomes: &[&'o Outcome]) -> Vec<Case<'o>> {
    let mut sizes: BTreeMap<&str, f64> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|o| o.sample.is_malicious) {
        *sizes.entry(&outcome.sample.group).or_default() += 1.0;
    }
    let case = |outcome: &&'o Outcome| {
        let is_malicious = outcome.sample.is_malicious;
        let size = sizes.get(outcome.sample.group.as_str()).copied().unwrap_or(1.0);
        let counts = if is_malicious { 1.0 / size } else { BENIGN_COUNTS };
        Case { findings: &outcome.findings, is_malicious, counts }
    };
    outcomes.iter().map(case).collect()
}

fn families(scored: &[(&Outcome, f32)], least: f32) -> Share {
    let mut families: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (outcome, score) in scored.iter().filter(|(o, _)| o.sample.is_malicious) {
        let (found, all) = families.entry(&outcome.sample.group).or_default();
        *found += f64::from(u8::from(*score >= least));
        *all += 1.0;
    }
    Share { part: families.values().map(|(found, all)| found / all).sum(), whole: families.len() }
}

fn benign(scored: &[(&Outcome, f32)], least: f32) -> Share {
    let of: Vec<_> = scored.iter().filter(|(o, _)| !o.sample.is_malicious).collect();
    Share { part: of.iter().filter(|(_, score)| *score >= least).count() as f64, whole: of.len() }
}
