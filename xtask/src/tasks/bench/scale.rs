//! `cargo xtask bench --scale`: an index of many own projects, made directly in a database, and served
//! by the real binary: start, pages of random projects, lists, memory.

mod database;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use fondaco_testkit::Fondaco;

use crate::tasks::target_directory;

/// Pages that are asked for.
const PAGES: u64 = 1_000;
/// What JSON of the Simple API is asked for by.
pub(super) const JSON: &str = "application/vnd.pypi.simple.v1+json";

/// What must be true at 100,000 projects and a million files.
const START: Duration = Duration::from_secs(2);
const PAGE: Duration = Duration::from_millis(5);
const MEMORY: u64 = 300 << 20;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Scale {
    /// Own projects
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    projects: u64,
    /// Files of each
    #[arg(long, value_name = "N", default_value_t = 10)]
    files: u64,
}

pub(crate) fn run(args: &Scale, program: Option<&Path>) -> anyhow::Result<()> {
    let target = target_directory()?;
    let program = program.map_or_else(|| target.join("release/fondaco"), Path::to_owned);
    ensure!(program.exists(), "{} is not there\nhint: cargo build --release -p fondaco", program.display());
    let folder = target.join(format!("scale-{}-{}", args.projects, args.files));
    // Evidence of another engine would be renewed while pages are timed.
    let engine = fondaco_worker::engine();
    if std::fs::read_to_string(folder.join("whole")).ok().as_deref() != Some(&engine) {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).context("no folder for the database")?;
        let began = Instant::now();
        database::make(&folder.join("fondaco.db"), args.projects, args.files)?;
        std::fs::write(folder.join("whole"), &engine)?;
        println!("made in {:.0} s: {}", began.elapsed().as_secs_f64(), folder.display());
    }
    println!("{} projects, {} files", args.projects, args.projects * args.files);
    measure(&program, &folder, args.projects)
}

fn measure(program: &Path, folder: &Path, projects: u64) -> anyhow::Result<()> {
    // An address that refuses at once: nothing is to be pulled through.
    let began = Instant::now();
    let fondaco = Fondaco::start(program, folder, &["--upstream", "http://127.0.0.1:9/simple/"]);
    row("start-up", began.elapsed(), Some(START));
    println!("{:<34} {:>9} MB", "memory after the start", memory(&fondaco)? >> 20);
    let mut times: Vec<Duration> = Vec::new();
    for number in 0..PAGES {
        // Spread over all of them, each time the same ones.
        let project = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % projects;
        times.push(time(&fondaco, &format!("/simple/{}/", database::name(project)), JSON)?);
    }
    times.sort();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
    row("page, 50 %", at(0.5), None);
    row("page, 99 %", at(0.99), Some(PAGE));
    let some = database::name(projects / 2);
    for (what, path, accept) in [
        ("root, first time", "/simple/", JSON),
        ("root, again", "/simple/", JSON),
        ("root, HTML", "/simple/", "text/html"),
        ("search", &format!("/api/v1/search?q={some}"), "*/*"),
        ("front page", "/", "text/html"),
        ("feed of releases", "/rss/updates.xml", "*/*"),
        ("feed of projects", "/rss/packages.xml", "*/*"),
        ("changes", "/api/v1/changes?since=0", "*/*"),
        ("removed", "/api/v1/removed", "*/*"),
        ("stats", "/api/v1/stats", "*/*"),
        ("metrics", "/metrics", "*/*"),
        ("readiness", "/readyz", "*/*"),
    ] {
        row(what, time(&fondaco, path, accept)?, None);
    }
    let used = memory(&fondaco)?;
    let verdict = if used <= MEMORY { "" } else { "  more than must be" };
    println!("{:<34} {:>9} MB{verdict}", "memory after all of it", used >> 20);
    Ok(())
}

pub(super) fn row(what: &str, took: Duration, must: Option<Duration>) {
    let verdict = match must {
        Some(must) if took > must => "  more than must be",
        _ => "",
    };
    println!("{what:<34} {:>9.2} ms{verdict}", took.as_secs_f64() * 1e3);
}

pub(super) fn time(fondaco: &Fondaco, path: &str, accept: &str) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let answer = fondaco.get(path, &[("Accept", accept)]);
    let took = began.elapsed();
    ensure!(answer.status == 200, "{path}: {} {}", answer.status, answer.text());
    Ok(took)
}

/// Resident memory of a server, in bytes.
pub(super) fn memory(fondaco: &Fondaco) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", fondaco.pid()))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    let kib: u64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
    Ok(kib << 10)
}
