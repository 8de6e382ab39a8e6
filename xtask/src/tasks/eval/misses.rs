//! The open families that are not found, or not surely: one line each, nothing of their content.

use std::collections::BTreeMap;

use fondaco_verdict::Verdict;

use super::Outcome;

/// Prints a line for each open family with a sample below malicious: the worst such sample.
pub(crate) fn print(outcomes: &[Outcome]) {
    let mut families: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|o| o.sample.is_malicious && !o.sample.is_sealed) {
        families.entry(&outcome.sample.group).or_default().push(outcome);
    }
    for least in [Verdict::Suspicious, Verdict::Malicious] {
        println!(
            "open families below {}: family, missed of all, worst score, layers, file, rules",
            least.id()
        );
        for (family, all) in &families {
            let below: Vec<&&Outcome> = all.iter().filter(|o| o.verdict < least).collect();
            let Some(worst) = below.iter().min_by(|a, b| {
                a.score.total_cmp(&b.score).then_with(|| a.sample.file_name.cmp(&b.sample.file_name))
            }) else {
                continue;
            };
            println!(
                "  {family} {:2} of {:2} {:.2} {:4} {} {}",
                below.len(),
                all.len(),
                worst.score,
                worst.layers,
                fondaco_verdict::printable(&worst.sample.file_name),
                worst.rules.join(",")
            );
        }
    }
}
