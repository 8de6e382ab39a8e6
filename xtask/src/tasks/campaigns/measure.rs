//! The figures on generated streams.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use fondaco_archive::Limits;
use fondaco_campaign::{Artifact, Engine, Event, MemberId, State};
use fondaco_inspect::{Context, inspect, on_large_stack};
use fondaco_pydist::Sha256;
use fondaco_verdict::Verdict;

use super::generate::{Package, stream};
use super::score::{Agreement, agreement};

/// Wrong ties that are printed of each seed.
const SHOWN: usize = 12;

/// What came of one seed.
#[derive(Default)]
struct Outcome {
    agreement: Agreement,
    campaigns: usize,
    found: usize,
    /// The member at which each campaign was opened; absent where it never was.
    opened_at: Vec<Option<usize>>,
    /// Members after the third, and how many of those joined as they came.
    after_third: usize,
    held: usize,
    /// Artifacts of nobody's campaign, and those of them that are in one.
    others: usize,
    wronged: usize,
    honest_wronged: usize,
    /// Campaigns that were not opened by their third member, in words.
    late: Vec<String>,
    /// Why, in words.
    wrong: Vec<String>,
    undetected: usize,
    mutated: usize,
    mutated_found: usize,
    members: usize,
}

pub(crate) fn run(seeds: std::ops::Range<u64>) -> anyhow::Result<()> {
    println!(
        "seed  pairs: precision recall   B-cubed: precision recall   campaigns found   opened by 2nd 3rd never   joined on arrival   others in a campaign (honest)   members judged clean   changed members found"
    );
    let mut worst = (1.0f64, 1.0f64);
    for seed in seeds {
        let packages = stream(seed);
        let artifacts = inspected(&packages)?;
        let outcome = cluster(&packages, &artifacts);
        let a = outcome.agreement;
        let by = |most: usize| outcome.opened_at.iter().flatten().filter(|at| **at <= most).count();
        println!(
            "{seed:4}         {:9.4} {:6.4}            {:9.4} {:6.4}   {:9} of {:3}   {:13} {:3} {:5}   {:9} of {:5}   {:12} of {:4} ({})   {:16} of {:4}   {:12} of {:4}",
            a.pair_precision,
            a.pair_recall,
            a.cubed_precision,
            a.cubed_recall,
            outcome.found,
            outcome.campaigns,
            by(2),
            by(3),
            outcome.opened_at.iter().filter(|at| at.is_none()).count(),
            outcome.held,
            outcome.after_third,
            outcome.wronged,
            outcome.others,
            outcome.honest_wronged,
            outcome.undetected,
            outcome.members,
            outcome.mutated_found,
            outcome.mutated,
        );
        for line in &outcome.late {
            println!("      late: {line}");
        }
        for line in outcome.wrong.iter().take(SHOWN) {
            println!("      wrongly: {line}");
        }
        worst.0 = worst.0.min(a.pair_precision).min(a.cubed_precision);
        worst.1 = worst.1.min(a.pair_recall).min(a.cubed_recall);
    }
    println!("worst precision {:.4} (must 0.98), worst recall {:.4} (must 0.90)", worst.0, worst.1);
    Ok(())
}

/// Inspects all packages, in their order.
fn inspected(packages: &[Package]) -> anyhow::Result<Vec<Artifact>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<BTreeMap<usize, Artifact>> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let worker = || -> anyhow::Result<()> {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(package) = packages.get(at) else { return Ok(()) };
                let artifact = inspect_one(package)?;
                if let Ok(mut done) = done.lock() {
                    done.insert(at, artifact);
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

fn inspect_one(package: &Package) -> anyhow::Result<Artifact> {
    let sha256 = Sha256::of(&package.bytes);
    let context =
        Context { file_name: package.file_name.clone(), sha256: Some(sha256), ..Context::default() };
    let bytes = package.bytes.clone();
    let report = on_large_stack(move || {
        inspect(std::io::Cursor::new(bytes.as_slice()), &context, &Limits::default())
    })?;
    Ok(Artifact {
        sha256,
        project: package.project.clone(),
        account: Some(package.account.clone()),
        at: package.at,
        verdict: report.verdict,
        established: package.established,
        target: package.target.clone(),
        prints: super::prints(&report),
    })
}

/// Why a campaign was opened late, if at all: what its first members had in common.
fn late(engine: &Engine, members: &[(&Artifact, &Package)], opened: Option<usize>) -> String {
    let ids: Vec<MemberId> = members.iter().map(|(artifact, _)| artifact.id()).take(3).collect();
    let ties = ids.windows(2).filter_map(|two| engine.between(two[0], two[1]));
    let ties: Vec<String> = ties
        .map(|tie| {
            let kinds: Vec<&str> = tie.kinds.iter().map(|kind| kind.id()).collect();
            format!("{:.2} by {}", tie.strength, kinds.join("+"))
        })
        .collect();
    let changed: Vec<usize> =
        (1..).zip(members).filter(|(_, (_, one))| one.mutated).map(|(at, _)| at).collect();
    let shown = &changed[..changed.len().min(8)];
    format!(
        "of {}, {:?} in common, opened at {opened:?}, changed {shown:?}, the first tied {}",
        members.len(),
        members[0].1.common,
        ties.join(", ")
    )
}

/// Clusters a stream, and compares what came out with the truth.
fn cluster(packages: &[Package], artifacts: &[Artifact]) -> Outcome {
    let mut engine = Engine::default();
    let truth: BTreeMap<MemberId, Option<u64>> =
        artifacts.iter().zip(packages).map(|(artifact, package)| (artifact.id(), package.truth)).collect();
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    let mut opened: BTreeMap<u64, usize> = BTreeMap::new();
    let mut outcome = Outcome::default();
    for (artifact, package) in artifacts.iter().zip(packages) {
        let events = engine.add(artifact);
        let Some(campaign) = package.truth else {
            outcome.others += 1;
            continue;
        };
        let count = seen.entry(campaign).or_default();
        *count += 1;
        outcome.members += 1;
        outcome.undetected += usize::from(artifact.verdict < Verdict::Suspicious);
        for event in &events {
            if let Event::Opened { members, .. } = event
                && members.iter().any(|member| truth[member] == Some(campaign))
            {
                opened.entry(campaign).or_insert(*count);
            }
        }
        if *count > 3 {
            outcome.after_third += 1;
            outcome.held += usize::from(engine.campaign_of(artifact.id()).is_some());
        }
    }
    let mut labels = Vec::new();
    for (artifact, package) in artifacts.iter().zip(packages) {
        let found = engine.campaign_of(artifact.id());
        let label = found.map(|id| {
            let id = id.to_string();
            u64::from_str_radix(id.trim_start_matches("c-"), 16).unwrap_or(0)
        });
        labels.push((package.truth, label));
        let is_in = found.is_some();
        outcome.mutated += usize::from(package.mutated);
        outcome.mutated_found += usize::from(package.mutated && is_in);
        if package.truth.is_none() && is_in {
            outcome.wronged += 1;
            outcome.honest_wronged += usize::from(artifact.verdict < Verdict::Suspicious);
            if let Some((other, tie)) = engine.why(artifact.id(), 1).first() {
                let theirs = truth[other].map_or("nobody".to_owned(), |truth| truth.to_string());
                let kinds: Vec<&str> = tie.kinds.iter().map(|kind| kind.id()).collect();
                let line = format!(
                    "{} with one of {theirs}: {:.2} by {}",
                    package.project,
                    tie.strength,
                    kinds.join(", ")
                );
                outcome.wrong.push(line);
            }
        }
    }
    let campaigns: BTreeSet<u64> = packages.iter().filter_map(|package| package.truth).collect();
    outcome.campaigns = campaigns.len();
    for campaign in campaigns.iter().filter(|campaign| opened.get(campaign).is_none_or(|at| *at > 3)) {
        let members: Vec<(&Artifact, &Package)> =
            artifacts.iter().zip(packages).filter(|(_, package)| package.truth == Some(*campaign)).collect();
        outcome.late.push(late(&engine, &members, opened.get(campaign).copied()));
    }
    outcome.opened_at = campaigns.iter().map(|campaign| opened.get(campaign).copied()).collect();
    outcome.found = engine.campaigns().filter(|campaign| campaign.state == State::Open).count();
    outcome.agreement = agreement(&labels);
    outcome
}
