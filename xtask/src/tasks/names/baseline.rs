//! What is measured beside: plain edit distance to the popular names.

use fondaco_names::Popular;

/// Popular names by their length.
pub(super) struct Baseline<'p> {
    by_length: Vec<Vec<(&'p [u8], u64)>>,
}

fn letters(text: &[u8]) -> u64 {
    text.iter().fold(0, |bits, byte| bits | 1 << (byte % 64))
}

impl<'p> Baseline<'p> {
    pub(super) fn new(popular: &'p Popular) -> Self {
        let mut by_length = vec![Vec::new(); 256];
        for name in popular.names().map(str::as_bytes) {
            by_length[name.len().min(255)].push((name, letters(name)));
        }
        Self { by_length }
    }

    /// Whether a name is within `most` edits of a popular one and is none itself.
    pub(super) fn flags(&self, name: &str, most: usize) -> bool {
        let name = name.as_bytes();
        let own = letters(name);
        let near = name.len().saturating_sub(most)..=(name.len() + most).min(255);
        let mut is_near = false;
        for (popular, theirs) in near.filter_map(|length| self.by_length.get(length)).flatten() {
            if *popular == name {
                return false;
            }
            let differing = (own & !theirs).count_ones().max((theirs & !own).count_ones()) as usize;
            is_near = is_near || differing <= most && distance(name, popular) <= most;
        }
        is_near
    }
}

/// Optimal string alignment, by the textbook.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (above[j] + usize::from(x != y)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}
