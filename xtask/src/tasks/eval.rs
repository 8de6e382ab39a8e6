//! `cargo xtask eval`: recall on real malware, false positives on real packages.
//!
//! The malicious corpus is read from its encrypted zip in memory and never written anywhere. A
//! third of its families and of the benign projects is sealed by the digest of the name: those
//! are counted, and nothing of them is printed.

mod card;
pub(crate) mod corpus;
mod credibility;
mod crossval;
mod figures;
mod findings;
mod fit;
mod misses;
mod rule_table;
mod share;

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Context as _;
use fondaco_archive::Limits;
use fondaco_inspect::{Context, inspect, on_large_stack};
use fondaco_pydist::Sha256;
use fondaco_verdict::{Finding, Verdict};

use corpus::Sample;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The encrypted zip of malicious packages, FAMILY/project/version/file
    #[arg(long)]
    malicious: Option<PathBuf>,
    /// Its password
    #[arg(long, default_value = "infected")]
    password: String,
    /// A folder of archives of real packages
    #[arg(long)]
    benign: Option<PathBuf>,
    /// Where to write all figures
    #[arg(long, default_value = "target/eval.json")]
    json: PathBuf,
    /// List the open families that are not found, or not surely
    #[arg(long)]
    misses: bool,
    /// List what each rule finds
    #[arg(long)]
    rules: bool,
    /// Write what was found in the open part to this file, one JSON object a sample
    #[arg(long)]
    findings: Option<PathBuf>,
    /// Judge what --findings wrote in place of inspecting: for the fit alone
    #[arg(long, conflicts_with_all = ["malicious", "benign", "card"])]
    from: Option<PathBuf>,
    /// Fit the weights on the open part, cross-validate them by family and project, and write
    /// them to crates/fondaco-verdict/src/weights.tsv
    #[arg(long)]
    fit: bool,
    /// Fit the score card of credibility on the open part, cross-validate it by family and project, and
    /// write it to crates/fondaco-rules/src/credibility.tsv
    #[arg(long)]
    credibility: bool,
    /// Put the figures into docs/detection.md
    #[arg(long, requires_all = ["malicious", "benign"])]
    card: bool,
    /// Measure the names engine instead: the folder of popular.tsv, all.txt.xz and the incident's names
    #[arg(long, value_name = "FOLDER")]
    names: Option<PathBuf>,
    /// Print typomania and plain edit distance beside the names engine
    #[arg(long, requires = "names")]
    baselines: bool,
    /// Measure how campaigns are found instead: on generated streams, or with --malicious on that corpus
    #[arg(long)]
    campaigns: bool,
    /// Of how many seeds streams are generated
    #[arg(long, default_value_t = 5, requires = "campaigns")]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1, requires = "campaigns")]
    first_seed: u64,
    /// Cluster so many made-up fingerprints instead, for time and memory
    #[arg(long, requires = "campaigns", value_name = "COUNT")]
    cluster: Option<usize>,
}

/// What came of one sample.
pub(crate) struct Outcome {
    pub(crate) sample: Sample,
    pub(crate) verdict: Verdict,
    pub(crate) complete: bool,
    pub(crate) score: f32,
    pub(crate) rules: Vec<&'static str>,
    pub(crate) findings: Vec<Finding>,
    /// Signs of credibility, where they were weighed.
    pub(crate) signs: Option<Vec<&'static str>>,
    /// Layers that were unfolded.
    pub(crate) layers: usize,
    pub(crate) why: Option<String>,
    pub(crate) seconds: f64,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    if let Some(folder) = &args.names {
        return super::names::measure::run(folder, args.baselines);
    }
    if args.campaigns {
        let malicious = args.malicious.as_ref().map(|path| (path, args.password.as_str()));
        let seeds = args.first_seed..args.first_seed.saturating_add(args.seeds);
        let wanted = super::campaigns::Wanted { malicious, seeds, bench: args.cluster };
        return super::campaigns::run(&wanted);
    }
    let mut samples = Vec::new();
    if let Some(path) = &args.malicious {
        samples.extend(corpus::malicious(path)?);
    }
    if let Some(path) = &args.benign {
        samples.extend(corpus::benign(path)?);
    }
    let started = Instant::now();
    let mut outcomes = match &args.from {
        Some(path) => findings::read(path)?,
        None => inspect_all(samples, args)?,
    };
    anyhow::ensure!(!outcomes.is_empty(), "nothing to evaluate: give --malicious, --benign or both");
    // Threads finish in any order; figures and weights don't depend on it.
    outcomes.sort_by(|a, b| a.sample.order().cmp(&b.sample.order()));
    let figures = figures::Figures::of(&outcomes, started.elapsed().as_secs_f64());
    print!("{figures}");
    if args.misses {
        misses::print(&outcomes);
    }
    if let Some(path) = &args.findings {
        findings::write(&outcomes, path)?;
    }
    if args.rules {
        print!("{}", rule_table::text(&outcomes));
    }
    if args.credibility {
        credibility::run(&outcomes)?;
    }
    if args.fit || args.card {
        let fitted = crossval::Fitted::of(&outcomes);
        print!("{}", fitted.table);
        if args.fit {
            fitted.write()?;
        }
        if args.card {
            card::write(&outcomes, &figures, &fitted)?;
        }
    }
    std::fs::write(&args.json, serde_json::to_vec_pretty(&figures.json())?)
        .with_context(|| format!("cannot write {}", args.json.display()))?;
    println!("all figures: {}", args.json.display());
    Ok(())
}

fn inspect_all(samples: Vec<Sample>, args: &Args) -> anyhow::Result<Vec<Outcome>> {
    let samples: Vec<Mutex<Option<Sample>>> = samples.into_iter().map(|s| Mutex::new(Some(s))).collect();
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let worker = || -> anyhow::Result<()> {
            let mut reader = args.malicious.as_ref().map(corpus::open).transpose()?;
            while let Some(slot) = samples.get(next.fetch_add(1, Ordering::Relaxed)) {
                let taken = slot.lock().ok().and_then(|mut sample| sample.take());
                let Some(sample) = taken else { continue };
                let bytes = sample.read(reader.as_mut(), &args.password)?;
                let outcome = one(sample, bytes)?;
                if let Ok(mut all) = outcomes.lock() {
                    all.push(outcome);
                }
            }
            Ok(())
        };
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        for handle in handles {
            handle.join().map_err(|_| anyhow::anyhow!("a thread has panicked"))??;
        }
        anyhow::Ok(())
    })?;
    Ok(outcomes.into_inner()?)
}

fn one(sample: Sample, bytes: Vec<u8>) -> anyhow::Result<Outcome> {
    let context = Context {
        file_name: sample.file_name.clone(),
        sha256: Some(Sha256::of(&bytes)),
        ..Context::default()
    };
    let started = Instant::now();
    let report = on_large_stack(move || inspect(std::io::Cursor::new(bytes), &context, &Limits::default()))?;
    let seconds = started.elapsed().as_secs_f64();
    let mut rules: Vec<_> =
        report.findings.iter().filter(|f| f.weight > 0.0).map(|f| f.rule.as_str()).collect();
    rules.dedup();
    Ok(Outcome {
        sample,
        verdict: report.verdict,
        complete: report.complete,
        score: report.score,
        rules,
        layers: report.layers.len(),
        findings: report.findings,
        signs: report.credibility.map(|credibility| credibility.signs),
        why: report.unscanned.first().map(|u| format!("{}: {}", u.member, u.why)),
        seconds,
    })
}
