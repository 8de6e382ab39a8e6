//! The open part of the malicious corpus against its families, which are only rough: a family is what
//! somebody reported together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use fondaco_archive::Limits;
use fondaco_campaign::{Artifact, Engine};
use fondaco_inspect::{Context, inspect, on_large_stack};
use fondaco_names::{Engine as Names, Own, Popular};
use fondaco_pydist::Sha256;

use super::disagreements;
use super::score::agreement;
use crate::tasks::eval::corpus::{self, Sample};

/// Between two samples, in seconds: when they came is not known, and nearness must say nothing.
const APART: i64 = 8 * 86_400;
/// Campaigns and families that are printed.
const SHOWN: usize = 60;

pub(crate) fn run(path: &Path, password: &str) -> anyhow::Result<()> {
    let mut samples: Vec<Sample> = corpus::malicious(path)?;
    let all = samples.len();
    samples.retain(|sample| !sample.is_sealed);
    // In an order that knows nothing of families.
    samples.sort_by_key(|sample| Sha256::of(format!("{:?}", sample.order()).as_bytes()));
    println!("{} open samples of {all}", samples.len());
    let mut all = inspected(&samples, path, password)?;
    for (at, one) in all.iter_mut().enumerate() {
        one.artifact.at = at as i64 * APART;
    }
    let mut engine = Engine::default();
    for one in &all {
        engine.add(&one.artifact);
    }
    report(&engine, &all);
    disagreements::write(&engine, &all)
}

/// An inspected sample.
pub(super) struct Inspected {
    pub(super) artifact: Artifact,
    pub(super) family: String,
    /// The rules that found something.
    pub(super) rules: BTreeSet<&'static str>,
}

fn inspected(samples: &[Sample], path: &Path, password: &str) -> anyhow::Result<Vec<Inspected>> {
    let names = Names::new(&Popular::embedded(), Own::default());
    let next = AtomicUsize::new(0);
    let done: Mutex<BTreeMap<usize, Inspected>> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let worker = || -> anyhow::Result<()> {
            let mut archive = corpus::open(path)?;
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(sample) = samples.get(at) else { return Ok(()) };
                let bytes = sample.read(Some(&mut archive), password)?;
                let sha256 = Sha256::of(&bytes);
                let context = Context {
                    file_name: sample.file_name.clone(),
                    sha256: Some(sha256),
                    ..Context::default()
                };
                let report = on_large_stack(move || {
                    inspect(std::io::Cursor::new(bytes), &context, &Limits::default())
                })?;
                let project = report.project.clone().unwrap_or_else(|| sample.file_name.clone());
                let artifact = Artifact {
                    sha256,
                    target: names.spelling(&project).confusable.map(|found| found.target),
                    project,
                    account: None,
                    at: 0,
                    verdict: report.verdict,
                    established: false,
                    prints: super::prints(&report),
                };
                let rules = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
                if let Ok(mut done) = done.lock() {
                    done.insert(at, Inspected { artifact, family: sample.group.clone(), rules });
                }
            }
        };
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        for handle in handles {
            handle.join().map_err(|_| anyhow::anyhow!("a thread has panicked"))??;
        }
        anyhow::Ok(())
    })?;
    Ok(done.into_inner()?.into_values().collect())
}

fn report(engine: &Engine, artifacts: &[Inspected]) {
    let mut families: BTreeMap<&str, Vec<Option<u64>>> = BTreeMap::new();
    let mut campaigns: BTreeMap<u64, BTreeMap<&str, usize>> = BTreeMap::new();
    let numbers: BTreeMap<&str, u64> = (0u64..)
        .zip(artifacts.iter().map(|one| one.family.as_str()).collect::<BTreeSet<_>>())
        .map(|(number, family)| (family, number))
        .collect();
    let mut labels = Vec::new();
    for Inspected { artifact, family, .. } in artifacts {
        let found = engine
            .campaign_of(artifact.id())
            .map(|id| u64::from_str_radix(id.to_string().trim_start_matches("c-"), 16).unwrap_or(0));
        families.entry(family).or_default().push(found);
        if let Some(found) = found {
            *campaigns.entry(found).or_default().entry(family).or_default() += 1;
        }
        labels.push((numbers.get(family.as_str()).copied(), found));
    }
    let figures = agreement(&labels);
    println!(
        "{} families, {} campaigns; pairs: precision {:.3} recall {:.3}; B-cubed: precision {:.3} recall {:.3}",
        families.len(),
        campaigns.len(),
        figures.pair_precision,
        figures.pair_recall,
        figures.cubed_precision,
        figures.cubed_recall
    );
    let mut joined: Vec<_> = campaigns.iter().filter(|(_, of)| of.len() > 1).collect();
    let mut by_kinds: BTreeMap<u64, BTreeMap<String, usize>> = BTreeMap::new();
    let family_of: BTreeMap<_, &str> =
        artifacts.iter().map(|one| (one.artifact.id(), one.family.as_str())).collect();
    for (Inspected { artifact, family, .. }, (_, found)) in artifacts.iter().zip(&labels) {
        let across = engine.why(artifact.id(), 50).into_iter().find(|(other, _)| family_of[other] != *family);
        if let (Some(found), Some((_, tie))) = (found, across) {
            let kinds: Vec<&str> = tie.kinds.iter().map(|kind| kind.id()).collect();
            *by_kinds.entry(*found).or_default().entry(kinds.join("+")).or_default() += 1;
        }
    }
    joined.sort_by_key(|(_, of)| std::cmp::Reverse(of.values().sum::<usize>()));
    println!("campaigns of several families ({}): campaign, members by family", joined.len());
    for (campaign, of) in joined.iter().take(SHOWN) {
        let shown: Vec<String> =
            of.iter().take(12).map(|(family, count)| format!("{family} {count}")).collect();
        println!("  c-{campaign:016x} {}: {}", of.values().sum::<usize>(), shown.join(", "));
        println!("    across families by: {:?}", by_kinds.get(campaign).unwrap_or(&BTreeMap::new()));
    }
    let mut parted: Vec<(&str, usize, usize, usize)> = families
        .iter()
        .map(|(family, of)| {
            let distinct: BTreeSet<u64> = of.iter().flatten().copied().collect();
            (*family, of.len(), distinct.len(), of.iter().filter(|found| found.is_none()).count())
        })
        .filter(|(_, size, distinct, alone)| *size > 1 && (*distinct != 1 || *alone > 0))
        .collect();
    parted.sort_by_key(|(_, size, ..)| std::cmp::Reverse(*size));
    println!("families that are not one campaign ({}): family, samples, campaigns, in none", parted.len());
    for (family, size, distinct, alone) in parted.iter().take(SHOWN) {
        println!("  {family} {size} {distinct} {alone}");
    }
}
