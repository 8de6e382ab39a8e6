//! How usual letters are after others, counted: interpolation after Witten and Bell.

use std::collections::HashMap;

use fondaco_names::{Gram, Row};

/// How often four or five symbols must stand in a row to be told from less.
const OFTEN: u32 = 2;
/// Symbols that there are.
const SYMBOLS: f64 = 29.0;

/// The rows of the table, of these names.
pub(super) fn rows<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Row> {
    let mut counts: HashMap<Gram, u32> = HashMap::new();
    for gram in names.flat_map(|name| Gram::of(name.as_bytes()).flatten()) {
        *counts.entry(gram).or_default() += 1;
    }
    counts.retain(|gram, count| gram.symbols() <= 3 || *count >= OFTEN);
    // How often something follows, and how many different symbols do.
    let mut following: HashMap<Gram, (f64, f64)> = HashMap::new();
    for (gram, count) in &counts {
        let (total, kinds) = following.entry(gram.context()).or_default();
        *total += f64::from(*count);
        *kinds += 1.0;
    }
    let mut by_size: Vec<(Gram, u32)> = counts.iter().map(|(gram, count)| (*gram, *count)).collect();
    by_size.sort_unstable_by_key(|(gram, _)| (gram.symbols(), *gram));
    let mut chances: HashMap<Gram, f64> = HashMap::new();
    let mut rows = Vec::new();
    for (gram, count) in by_size {
        let (total, kinds) = following[&gram.context()];
        let less = if gram.symbols() == 1 { 1.0 / SYMBOLS } else { chances[&gram.shorter()] };
        let chance = (f64::from(count) + kinds * less) / (total + kinds);
        chances.insert(gram, chance);
        let backing = following.get(&gram).map_or(0.0, |(total, kinds)| ((total + kinds) / kinds).ln());
        rows.push((gram, -chance.ln(), backing));
    }
    rows
}
