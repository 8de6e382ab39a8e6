//! Time and memory of clustering very many fingerprints.

use std::time::Instant;

use fondaco_campaign::{Artifact, Engine, Limits, Prints};
use fondaco_pydist::Sha256;
use fondaco_verdict::{Fingerprints, Indicator, IndicatorKind, SKETCH, Shape, Sketch, Verdict};

use crate::tasks::bench::cpu_time;
use crate::tasks::names::generate::Random;

/// Of a thousand artifacts, how many are members of a campaign.
const IN_CAMPAIGNS: usize = 50;
/// Campaigns.
const CAMPAIGNS: usize = 500;
/// Kinds of boilerplate that honest ones share.
const BOILERPLATE: usize = 300;

pub(crate) fn run(count: usize) -> anyhow::Result<()> {
    let before = resident()?;
    let mut engine = Engine::new(Limits { members: count.max(1), ..Limits::default() });
    let mut random = Random::new(42);
    let started = Instant::now();
    let (mut clustering, mut events) = (std::time::Duration::ZERO, 0);
    for number in 0..count {
        let artifact = artifact(number, &mut random);
        let one = cpu_time();
        events += engine.add(&artifact).len();
        clustering += cpu_time().saturating_sub(one);
    }
    let usage = engine.usage();
    println!(
        "{count} fingerprints: {:.1} s of processor time for clustering, {:.1} s of time in all",
        clustering.as_secs_f64(),
        started.elapsed().as_secs_f64()
    );
    println!("memory: {:.2} GB resident, {:.2} GB at its peak", (resident()? - before) / 1e9, peak()? / 1e9);
    println!(
        "{} artifacts, {} keys, {} campaigns, {events} events",
        usage.members, usage.keys, usage.campaigns
    );
    Ok(())
}

/// An artifact as most are: two shapes, some hosts, metadata; one in twenty is of a campaign.
fn artifact(number: usize, random: &mut Random) -> Artifact {
    let project = format!("p{number}");
    let sha256 = Sha256::of(project.as_bytes());
    let is_in = random.below(1000) < IN_CAMPAIGNS;
    let campaign = random.below(CAMPAIGNS) as u64;
    let mut prints = Fingerprints::default();
    let (seed, changed) = if is_in { (campaign, random_share(random)) } else { (random.next(), 0) };
    let own = shape(seed, random, changed);
    prints.shapes.push(own);
    let boilerplate = 1 << 40 | random.below(BOILERPLATE) as u64;
    prints.shapes.push(shape(boilerplate, random, 10));
    let host = if is_in { campaign } else { random.next() };
    prints.indicators.push(Indicator { kind: IndicatorKind::Host, digest: host });
    (prints.author, prints.text) = (Some(random.next()), Some(random.next()));
    prints.layout = Some(random.below(10_000) as u64);
    Artifact {
        sha256,
        project,
        account: Some(format!("u{}", random.below(200_000))),
        at: number as i64 * 30,
        verdict: if is_in { Verdict::Malicious } else { Verdict::Clean },
        established: random.below(20) == 0,
        target: (random.below(100) == 0).then(|| "requests".to_owned()),
        prints: Prints::new(sha256, &prints, [(sha256, 100)]),
    }
}

fn random_share(random: &mut Random) -> usize {
    if random.below(3) == 0 { 15 } else { 0 }
}

/// A shape by its seed, with so many of a hundred values changed.
fn shape(seed: u64, random: &mut Random, changed: usize) -> Shape {
    let mut same = Random::new(seed);
    let mut values = [0; SKETCH];
    for value in &mut values {
        *value = same.next() as u16;
        if random.below(100) < changed {
            *value = random.next() as u16;
        }
    }
    let exact = if changed == 0 { same.next() } else { random.next() };
    Shape { tokens: 120, exact, sketch: Sketch(values) }
}

fn status(field: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or("0");
    let kilobytes = line.split_ascii_whitespace().next().unwrap_or("0");
    Ok(kilobytes.parse::<f64>()? * 1024.0)
}

fn resident() -> anyhow::Result<f64> {
    status("VmRSS:")
}

fn peak() -> anyhow::Result<f64> {
    status("VmHWM:")
}
