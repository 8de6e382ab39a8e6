//! The figures of the names engine: `cargo xtask eval --names FOLDER`.

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use fondaco_names::{Engine, Own, Popular, THRESHOLD};

use super::baseline::{Baseline, Typomania};
use super::generate::Victims;
use super::split::{is_for_figures, is_for_fitting, mixed};

/// Names of the index that baselines are measured on: they look at every popular name.
const SAMPLE: usize = 10_000;
/// Generated squats.
const SQUATS: usize = 2_000;
/// Ranks up to here are targets when the ones behind are asked about.
const TOP: usize = 5_000;

/// One set of names, and what flags of it.
struct Row {
    what: &'static str,
    names: Vec<String>,
    engine: f64,
}

/// Prints all figures. No name of the incident is printed.
pub(crate) fn run(folder: &Path, with_baselines: bool) -> anyhow::Result<()> {
    let started = Instant::now();
    let popular = Popular::embedded();
    let engine = Engine::new(&popular, Own::default());
    println!(
        "engine made in {:.1} ms, {} targets",
        started.elapsed().as_secs_f64() * 1e3,
        engine.targets().count()
    );
    let path = folder.join("incident-2024-03.txt");
    let incident = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let incident: Vec<String> = incident.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let all = super::all(folder)?;
    // The side of the split that neither words, letters nor weights were made from.
    let mut random: Vec<String> =
        all.iter().filter(|name| is_for_figures(name) && engine.rank(name).is_none()).cloned().collect();
    random.sort_by_key(|name| mixed(name));
    let victims = Victims::of(&engine, |name| !is_for_fitting(name));
    let squats = victims.squats(SQUATS, 2, |name| engine.rank(name).is_some());
    let right = squats.iter().filter(|(name, target)| {
        engine.spelling(name).confusable.is_some_and(|found| found.target == *target)
    });
    let right = right.count() as f64 / squats.len().max(1) as f64;
    let squats: Vec<String> = squats.into_iter().map(|(name, _)| name).collect();
    let flags = |name: &String| engine.spelling(name).confusable.is_some();
    let share = |names: &[String]| share(names, flags);
    let rows = [
        Row { what: "incident of March 2024 (test set)", engine: share(&incident), names: incident },
        Row { what: "generated squats, targets not fitted on", engine: share(&squats), names: squats },
        Row { what: "random names, not fitted on", engine: share(&random), names: random },
    ];
    print(&rows, &popular, with_baselines)?;
    println!("of the generated squats, right target named: {:.1} %", right * 100.0);
    curve(&engine, &rows);
    ranks(&engine, &popular);
    speed(&engine, &all);
    Ok(())
}

fn share(names: &[String], flags: impl Fn(&String) -> bool) -> f64 {
    names.iter().filter(|name| flags(name)).count() as f64 / names.len().max(1) as f64
}

fn print(rows: &[Row], popular: &Popular, with_baselines: bool) -> anyhow::Result<()> {
    print!("{:42} {:>7} {:>8}", "flagged, %", "names", "engine");
    if !with_baselines {
        println!();
        for row in rows {
            println!("{:42} {:>7} {:>8.2}", row.what, row.names.len(), row.engine * 100.0);
        }
        return Ok(());
    }
    println!(" {:>10} {:>10} {:>10}   (of at most {SAMPLE} names)", "typomania", "distance 1", "distance 2");
    let (baseline, typomania) = (Baseline::new(popular), Typomania::new(popular));
    for row in rows {
        let sample = &row.names[..row.names.len().min(SAMPLE)];
        let [one, two] = [1, 2].map(|most| 100.0 * share(sample, |name| baseline.flags(name, most)));
        let mut flagged = 0;
        for name in sample {
            flagged += usize::from(typomania.flags(name)?);
        }
        let theirs = 100.0 * flagged as f64 / sample.len().max(1) as f64;
        println!(
            "{:42} {:>7} {:>8.2} {theirs:>10.2} {one:>10.2} {two:>10.2}",
            row.what,
            row.names.len(),
            row.engine * 100.0
        );
    }
    Ok(())
}

/// What other thresholds would flag, set by the share of the random names that they flag.
fn curve(engine: &Engine, rows: &[Row]) {
    let scores = |row: &Row| {
        let mut lookup = engine.lookup();
        let score = |name: &String| lookup.nearest(name).map_or(0.0, |(_, score)| score);
        let mut scores: Vec<f32> = row.names.iter().map(score).collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        scores
    };
    let all: Vec<Vec<f32>> = rows.iter().map(scores).collect();
    let Some((random, squats)) = all.split_last() else { return };
    println!("resemblances alone, at the threshold that flags a share of the random names:");
    for share in [0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05] {
        let cut = random.get((random.len() as f64 * share) as usize).copied().unwrap_or_default();
        let found = |scores: &Vec<f32>| {
            100.0 * scores.iter().filter(|score| **score > cut).count() as f64 / scores.len().max(1) as f64
        };
        let found: Vec<String> = squats.iter().map(|scores| format!("{:.1} %", found(scores))).collect();
        println!("  {:4.1} % (score {cut:.3}): {}", share * 100.0, found.join(", "));
    }
    let reached = |scores: &Vec<f32>| {
        format!(
            "{:.1} %",
            100.0 * scores.iter().filter(|score| **score > 0.0).count() as f64 / scores.len().max(1) as f64
        )
    };
    println!("  compared with anything: {}", all.iter().map(reached).collect::<Vec<_>>().join(", "));
}

/// Ranks behind the first 5,000, as they are judged, and as if only the first 5,000 were known to
/// be popular.
fn ranks(engine: &Engine, popular: &Popular) {
    let behind: Vec<String> = popular.names().skip(TOP).map(str::to_owned).collect();
    let gated = share(&behind, |name| engine.spelling(name).confusable.is_some());
    let top = Engine::new(&popular.first(TOP), Own::default());
    let open = share(&behind, |name| top.spelling(name).confusable.is_some());
    println!(
        "popular ranks 5,001-15,000 flagged: {:.2} % ({:.2} % if their own rank were not known)",
        gated * 100.0,
        open * 100.0
    );
}

/// By the time that this thread had a processor, so that others on the machine don't count.
fn speed(engine: &Engine, all: &[String]) {
    let mut lookup = engine.lookup();
    let (started, before) = (Instant::now(), processor());
    let is_near = |name: &&String| lookup.nearest(name).is_some_and(|(_, score)| score >= THRESHOLD);
    let flagged = all.iter().filter(is_near).count();
    let (wall, own) = (started.elapsed().as_secs_f64(), processor() - before);
    let names = all.len();
    println!(
        "all {names} names against all targets: {own:.2} s of one core, {wall:.2} s on the clock ({flagged} resemble one)"
    );
    println!(
        "look-ups: {:.0} a second of one core, {:.0} a second on the clock",
        names as f64 / own,
        names as f64 / wall
    );
}

/// Seconds for which this thread had a processor (Linux); the clock elsewhere.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or_default() / 1e9
}
