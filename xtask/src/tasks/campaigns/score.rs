//! How two partitions of the same artifacts agree.

use std::collections::HashMap;

/// Agreement of what was found with the truth.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Agreement {
    /// Of the pairs that were put together, how many belong together.
    pub(crate) pair_precision: f64,
    /// Of the pairs that belong together, how many were put together.
    pub(crate) pair_recall: f64,
    /// The same for each artifact and averaged (Bagga and Baldwin 1998).
    pub(crate) cubed_precision: f64,
    /// As before.
    pub(crate) cubed_recall: f64,
}

/// Compares labels; `None` is a set of its own. Artifacts that are alone in both count for nothing:
/// there are very many of them, and they are easy.
pub(crate) fn agreement(labels: &[(Option<u64>, Option<u64>)]) -> Agreement {
    let (mut truth, mut found, mut both) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (wanted, got) in labels {
        if let Some(wanted) = wanted {
            *truth.entry(*wanted).or_insert(0usize) += 1;
        }
        if let Some(got) = got {
            *found.entry(*got).or_insert(0usize) += 1;
        }
        if let (Some(wanted), Some(got)) = (wanted, got) {
            *both.entry((*wanted, *got)).or_insert(0usize) += 1;
        }
    }
    let pairs = |sizes: &mut dyn Iterator<Item = &usize>| {
        sizes.map(|size| (size * (size - 1) / 2) as f64).sum::<f64>()
    };
    let right = pairs(&mut both.values());
    let share = |whole: f64| if whole > 0.0 { right / whole } else { 1.0 };
    let (mut precision, mut recall, mut count) = (0.0, 0.0, 0.0);
    for (wanted, got) in labels.iter().filter(|(wanted, got)| wanted.is_some() || got.is_some()) {
        let own = match (wanted, got) {
            (Some(wanted), Some(got)) => both[&(*wanted, *got)],
            _ => 1,
        } as f64;
        precision += own / got.map_or(1.0, |got| found[&got] as f64);
        recall += own / wanted.map_or(1.0, |wanted| truth[&wanted] as f64);
        count += 1.0;
    }
    Agreement {
        pair_precision: share(pairs(&mut found.values())),
        pair_recall: share(pairs(&mut truth.values())),
        cubed_precision: if count > 0.0 { precision / count } else { 1.0 },
        cubed_recall: if count > 0.0 { recall / count } else { 1.0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_pairs_and_members() {
        // Truth: {a b c} {d}; found: {a b} {c d}.
        let labels =
            [(Some(1), Some(1)), (Some(1), Some(1)), (Some(1), Some(2)), (None, Some(2)), (None, None)];
        let found = agreement(&labels);
        assert_eq!((found.pair_precision, found.pair_recall), (0.5, 1.0 / 3.0));
        assert!((found.cubed_precision - 3.0 / 4.0).abs() < 1e-9, "{found:?}");
        assert!((found.cubed_recall - (2.0 / 3.0 * 2.0 + 1.0 / 3.0 + 1.0) / 4.0).abs() < 1e-9, "{found:?}");
    }
}
