//! Fits the weights: generated squats of half of the targets against half of the index's names.

use std::path::Path;

use anyhow::Context;
use fondaco_names::{Engine, FEATURES, Own, Weights, feature_name};

use super::generate::Victims;
use super::regression::{Example, fitted};
use super::split::{Parts, is_for_fitting};

/// Squats that are made up.
const SQUATS: usize = 40_000;
/// The share of the names on the fitting side that may be flagged. The known words come from there too,
/// so a little less than this is flagged elsewhere; the must is 1 %.
const FLAGGED: f64 = 0.0107;
/// How much one squat counts beside one comparison of a real name.
const SQUAT_WEIGHT: f64 = 0.5;

pub(super) fn run(folder: &Path) -> anyhow::Result<()> {
    let popular = super::popular(folder)?;
    let engine = Engine::new(&popular, Own::default());
    let mut examples = Vec::new();
    let missed = add_squats(&engine, &mut examples);
    let squats = examples.len();
    let all = super::all(folder)?;
    let Parts { weights: seen, threshold, .. } = Parts::of(&all, |name| engine.rank(name).is_some());
    let mut lookup = engine.lookup();
    for name in &seen {
        lookup.numbers(name, |_, numbers| {
            examples.push(Example { numbers: *numbers, is_squat: false, weight: 1.0 });
        });
    }
    println!(
        "{squats} squats ({missed} out of reach), {} comparisons of {} names",
        examples.len() - squats,
        seen.len()
    );
    let mut weights = fitted(&examples);
    // Where flagging begins is set by names that were not fitted on.
    let engine = engine.with(narrow(&weights));
    let mut lookup = engine.lookup();
    let mut scores: Vec<f64> = threshold
        .iter()
        .map(|name| lookup.nearest(name).map_or(0.0, |(_, score)| f64::from(score)))
        .collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    let cut = scores[(scores.len() as f64 * FLAGGED) as usize].clamp(1e-6, 1.0 - 1e-6);
    let bias = (0..FEATURES).find(|at| feature_name(*at) == "bias").context("there is a bias")?;
    weights[bias] -= (cut / (1.0 - cut)).ln();
    println!("flagged from {cut:.4} on, which becomes 0.5");
    write(&weights)
}

fn narrow(weights: &[f64; FEATURES]) -> Weights {
    Weights::new(weights.map(|weight| weight as f32))
}

fn add_squats(engine: &Engine, examples: &mut Vec<Example>) -> usize {
    let victims = Victims::of(engine, is_for_fitting);
    let mut lookup = engine.lookup();
    let mut missed = 0;
    for (name, target) in victims.squats(SQUATS, 1, |name| engine.rank(name).is_some()) {
        let before = examples.len();
        lookup.numbers(&name, |found, numbers| {
            if found == target && examples.len() == before {
                examples.push(Example { numbers: *numbers, is_squat: true, weight: SQUAT_WEIGHT });
            }
        });
        missed += usize::from(examples.len() == before);
    }
    missed
}

fn write(weights: &[f64; FEATURES]) -> anyhow::Result<()> {
    let mut table =
        String::from("# Made by `cargo xtask names --fit`; see crates/fondaco-names/src/model.rs\n");
    for (at, weight) in weights.iter().enumerate() {
        table += &format!("{}\t{weight:.3}\n", feature_name(at));
    }
    let path = super::home().join("src/weights.tsv");
    std::fs::write(&path, table).with_context(|| path.display().to_string())?;
    println!("written: {}", path.display());
    Ok(())
}
