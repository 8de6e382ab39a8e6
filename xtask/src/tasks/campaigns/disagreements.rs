//! Where the engine and the corpus's families disagree, so that a person can class it: a sample of pairs
//! by a fixed seed, one of each pair of families, with what ties them and the names of the rules. No
//! payload, no address.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use fondaco_campaign::{Engine, MemberId};
use fondaco_pydist::Sha256;

use super::corpus::Inspected;
use crate::tasks::root;

/// Pairs that are written.
const MOST: usize = 100;
/// Ties of one artifact that are looked at.
const TIES: usize = 300;
/// What the sample is drawn by.
const SEED: &str = "disagreements 1";

/// Two artifacts, and whether the engine has put them together.
struct Pair<'a> {
    tied: bool,
    one: &'a Inspected,
    other: &'a Inspected,
}

/// Writes a sample of the disagreements to a file under `target/`.
pub(super) fn write(engine: &Engine, all: &[Inspected]) -> anyhow::Result<()> {
    let (tied, apart) = (sampled(tied(engine, all)), sampled(apart(engine, all)));
    let few = |pairs: &[Pair<'_>], others: &[Pair<'_>]| {
        pairs.len().min((MOST / 2).max(MOST.saturating_sub(others.len())))
    };
    let (of_tied, of_apart) = (few(&tied, &apart), few(&apart, &tied));
    let mut text =
        format!("of {} pairs of families that are tied, and {} that are not\n", tied.len(), apart.len());
    for (number, pair) in (1..).zip(tied[..of_tied].iter().chain(&apart[..of_apart])) {
        describe(engine, number, pair, &mut text)?;
    }
    let path = root().join("target/campaign-disagreements.txt");
    std::fs::write(&path, text)?;
    println!("{} disagreements are in {}", of_tied + of_apart, path.display());
    Ok(())
}

/// Pairs of different families that the engine ties.
fn tied<'a>(engine: &Engine, all: &'a [Inspected]) -> Vec<Pair<'a>> {
    let by_id: BTreeMap<MemberId, &Inspected> = all.iter().map(|one| (one.artifact.id(), one)).collect();
    let mut pairs = Vec::new();
    for one in all {
        for (other, _) in engine.why(one.artifact.id(), TIES) {
            if let Some(other) = by_id.get(&other).filter(|other| other.family > one.family) {
                pairs.push(Pair { tied: true, one, other });
            }
        }
    }
    pairs
}

/// Pairs of one family that are not in one campaign.
fn apart<'a>(engine: &Engine, all: &'a [Inspected]) -> Vec<Pair<'a>> {
    let mut families: BTreeMap<&str, Vec<&Inspected>> = BTreeMap::new();
    for one in all {
        families.entry(&one.family).or_default().push(one);
    }
    let mut pairs = Vec::new();
    for members in families.values() {
        for (at, one) in members.iter().enumerate() {
            for other in &members[at + 1..] {
                let campaign = engine.campaign_of(one.artifact.id());
                if campaign.is_none() || campaign != engine.campaign_of(other.artifact.id()) {
                    pairs.push(Pair { tied: false, one, other });
                }
            }
        }
    }
    pairs
}

/// In an order that knows nothing, one of each pair of families.
fn sampled(mut pairs: Vec<Pair<'_>>) -> Vec<Pair<'_>> {
    let order = |pair: &Pair<'_>| {
        Sha256::of(format!("{SEED} {} {}", pair.one.artifact.id(), pair.other.artifact.id()).as_bytes())
    };
    pairs.sort_by_key(order);
    let mut seen = BTreeSet::new();
    pairs.retain(|pair| seen.insert((pair.one.family.clone(), pair.other.family.clone())));
    pairs
}

fn describe(engine: &Engine, number: usize, pair: &Pair<'_>, text: &mut String) -> anyhow::Result<()> {
    let Pair { tied, one, other } = pair;
    let word = if *tied { "tied" } else { "apart" };
    let (a, b) = (&one.artifact, &other.artifact);
    writeln!(
        text,
        "\n{number} {word}: {} ({:?}) and {} ({:?})",
        one.family, a.verdict, other.family, b.verdict
    )?;
    writeln!(text, "  projects: {} and {}", a.project, b.project)?;
    match engine.between(a.id(), b.id()) {
        Some(tie) => {
            let kinds: Vec<&str> = tie.kinds.iter().map(|kind| kind.id()).collect();
            writeln!(
                text,
                "  {:.2} by {}; alike in code: {}",
                tie.strength,
                kinds.join("+"),
                a.prints.resembles(&b.prints)
            )?;
        }
        None => writeln!(text, "  nothing can tie them; alike in code: {}", a.prints.resembles(&b.prints))?,
    }
    for (who, artifact) in [("first", a), ("second", b)] {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for key in artifact.prints.keys() {
            *kinds.entry(key.kind.id()).or_default() += 1;
        }
        let in_one = engine.campaign_of(artifact.id()).map_or("none".to_owned(), |id| id.to_string());
        writeln!(text, "  the {who} has {kinds:?}, campaign {in_one}")?;
    }
    let joined = |rules: Vec<&&str>| rules.into_iter().copied().collect::<Vec<_>>().join(" ");
    writeln!(text, "  rules of both: {}", joined(one.rules.intersection(&other.rules).collect()))?;
    writeln!(text, "  of the first alone: {}", joined(one.rules.difference(&other.rules).collect()))?;
    writeln!(text, "  of the second alone: {}", joined(other.rules.difference(&one.rules).collect()))?;
    Ok(())
}
