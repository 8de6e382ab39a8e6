//! How usual letters are after others, counted: modified Kneser-Ney smoothing, after S. Chen and
//! J. Goodman, "An empirical study of smoothing techniques for language modeling", 1999.

use std::collections::HashMap;

use fondaco_names::{Gram, Row};

/// How often four symbols or more must stand in a row to be told from less.
const OFTEN: f64 = 2.0;
/// Symbols that there are.
const SYMBOLS: f64 = 29.0;

/// The rows of the table, of these names.
pub(super) fn rows<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Row> {
    Counts::of(names).rows()
}

/// How often symbols stand in a row.
struct Counts {
    /// Of rows that are not the longest: behind how many different symbols they stand.
    counts: HashMap<Gram, f64>,
    /// What is taken off a count of one, two, and three or more, by the number of symbols.
    discounts: Vec<[f64; 3]>,
    /// What follows each row in all, and how much of that tells nothing more than one symbol less.
    following: HashMap<Gram, (f64, f64)>,
}

impl Counts {
    fn of<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut times: HashMap<Gram, u32> = HashMap::new();
        for gram in names.flat_map(|name| Gram::of(name.as_bytes()).flatten()) {
            *times.entry(gram).or_default() += 1;
        }
        let mut behind: HashMap<Gram, u32> = HashMap::new();
        for gram in times.keys() {
            *behind.entry(gram.shorter()).or_default() += 1;
        }
        // What a name begins with stands behind nothing, what is longest behind what isn't counted.
        let counted =
            |(gram, times): (Gram, u32)| (gram, f64::from(behind.get(&gram).copied().unwrap_or(times)));
        let counts: HashMap<Gram, f64> = times.into_iter().map(counted).collect();
        let discounts = (0..=Gram::LONGEST).map(|symbols| discounts(&counts, symbols)).collect();
        let mut all = Self { counts, discounts, following: HashMap::new() };
        let mut following: HashMap<Gram, (f64, f64)> = HashMap::new();
        for (gram, count) in &all.counts {
            let (total, left) = following.entry(gram.context()).or_default();
            *total += count;
            *left += if is_kept(*gram, *count) { all.discount(*gram, *count) } else { *count };
        }
        all.following = following;
        all
    }

    fn discount(&self, gram: Gram, count: f64) -> f64 {
        self.discounts[gram.symbols() as usize][(count as usize).clamp(1, 3) - 1]
    }

    fn rows(&self) -> Vec<Row> {
        let mut kept: Vec<(Gram, f64)> = self.counts.iter().map(|(gram, count)| (*gram, *count)).collect();
        kept.retain(|(gram, count)| is_kept(*gram, *count));
        kept.sort_unstable_by_key(|(gram, _)| (gram.symbols(), *gram));
        let mut chances: HashMap<Gram, f64> = HashMap::new();
        let mut rows = Vec::new();
        for (gram, count) in kept {
            let (total, left) = self.following[&gram.context()];
            let less = self.chance(&chances, gram.shorter());
            let chance = (count - self.discount(gram, count) + left * less) / total;
            chances.insert(gram, chance);
            let backing = self.following.get(&gram).map_or(0.0, |(total, left)| (total / left).ln());
            rows.push((gram, -chance.ln(), backing));
        }
        rows
    }

    /// How likely the last symbol is after the others, which may not have been kept.
    fn chance(&self, chances: &HashMap<Gram, f64>, gram: Gram) -> f64 {
        if gram.symbols() == 0 {
            return 1.0 / SYMBOLS;
        }
        chances.get(&gram).copied().unwrap_or_else(|| {
            let share = self.following.get(&gram.context()).map_or(1.0, |(total, left)| left / total);
            share * self.chance(chances, gram.shorter())
        })
    }
}

fn is_kept(gram: Gram, count: f64) -> bool {
    gram.symbols() <= 3 || count >= OFTEN
}

/// What is taken off counts of one, two, and three or more, told from how many there are of each.
fn discounts(counts: &HashMap<Gram, f64>, symbols: u32) -> [f64; 3] {
    let mut kinds = [0.0; 5];
    for (_, count) in counts.iter().filter(|(gram, _)| gram.symbols() == symbols) {
        if let Some(kinds) = kinds.get_mut(*count as usize) {
            *kinds += 1.0;
        }
    }
    let once = kinds[1] / f64::max(kinds[1] + 2.0 * kinds[2], 1.0);
    [1, 2, 3].map(|count: usize| {
        let times = count as f64;
        let more = (times + 1.0) * kinds.get(count + 1).copied().unwrap_or_default();
        // Of one and two symbols hardly any are rare.
        (times - once * more / f64::max(kinds[count], 1.0)).clamp(0.1, times)
    })
}
