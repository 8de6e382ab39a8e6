//! `cargo xtask bench --logins`: how many people log in a second, which is what argon2id leaves, and what a
//! flood of logins costs everybody else: the latency of a project page without one and during one.
//!
//! The real binary, reached over this machine. Its limits are lifted: that is a flood from so many addresses,
//! at so many accounts, that none of them meets its own. Server and flood share the processors.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use fondaco_testkit::{Fondaco, Upload, Wheel, fetch, honest_module};
use serde_json::json;

use super::scale::{memory, row};
use crate::tasks::target_directory;

const PROJECT: &str = "our-tool";
/// Accounts that are logged in to.
const PEOPLE: usize = 8;
const PASSWORD: &str = "glacier-mandolin-kettle-42";
const OTHER: &str = "turnip-parachute-velvet-17";
/// Whoever reads pages leaves so much between two: the flood is to be felt, and not they.
const PAUSE: Duration = Duration::from_millis(2);

/// What must be true of a page during a flood.
const PAGE: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Logins {
    /// Connections that log in at a time, where logins are counted
    #[arg(long, value_name = "N", default_value_t = 8)]
    connections: usize,
    /// Connections of the flood
    #[arg(long, value_name = "N", default_value_t = 128)]
    flood: usize,
    /// How long each part takes
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    seconds: u64,
}

/// What came of logins.
#[derive(Debug, Default)]
struct Outcomes {
    entered: AtomicU64,
    wrong: AtomicU64,
    /// Told to come again: too many wait for their turn already.
    turned_away: AtomicU64,
    /// No answer, or another one.
    other: AtomicU64,
}

impl Outcomes {
    fn count(&self, status: Option<u16>) {
        let counter = match status {
            Some(200) => &self.entered,
            Some(401) => &self.wrong,
            Some(429 | 503) => &self.turned_away,
            _ => &self.other,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Each by itself, a second.
    fn rates(&self, took: Duration) -> [f64; 4] {
        [&self.entered, &self.wrong, &self.turned_away, &self.other]
            .map(|counter| counter.load(Ordering::Relaxed) as f64 / took.as_secs_f64())
    }
}

pub(crate) fn run(args: &Logins, program: Option<&Path>) -> anyhow::Result<()> {
    let target = target_directory()?;
    let program = program.map_or_else(|| target.join("release/fondaco"), Path::to_owned);
    ensure!(program.exists(), "{} is not there\nhint: cargo build --release -p fondaco", program.display());
    let (fondaco, time) = (index(&program, &target.join("logins"))?, Duration::from_secs(args.seconds));
    println!("{}, {} processors", program.display(), std::thread::available_parallelism()?);

    let (outcomes, took) = logins(&fondaco, args.connections, Some(true), || std::thread::sleep(time));
    let [entered, wrong, turned_away, other] = outcomes.rates(took);
    ensure!(wrong + other == 0.0, "logins fail: {outcomes:?}");
    println!("{:<34} {entered:>9.1} /s", format!("logins, {} connections", args.connections));
    if turned_away > 0.0 {
        println!("{:<34} {turned_away:>9.1} /s", "  turned away");
    }

    let quiet = pages(&fondaco, time)?;
    row("page, quiet, 50 %", at(&quiet, 0.5), None);
    row("page, quiet, 99 %", at(&quiet, 0.99), None);

    let mut flooded = Ok(Vec::new());
    let mut used = Ok(0);
    let (outcomes, took) = logins(&fondaco, args.flood, None, || {
        flooded = pages(&fondaco, time);
        used = memory(&fondaco);
    });
    let flooded = flooded?;
    row("page, in a flood, 50 %", at(&flooded, 0.5), None);
    row("page, in a flood, 99 %", at(&flooded, 0.99), Some(PAGE));
    row("page, in a flood, slowest", at(&flooded, 1.0), None);
    println!("{:<34} {:>9}", "pages in the flood", flooded.len());
    let [entered, wrong, turned_away, other] = outcomes.rates(took);
    println!("{:<34} {:>9}", "the flood's connections", args.flood);
    for (what, rate) in
        [("right", entered), ("wrong", wrong), ("turned away", turned_away), ("without an answer", other)]
    {
        println!("{:<34} {rate:>9.1} /s", format!("  {what}"));
    }
    println!("{:<34} {:>9} MB", "memory in the flood", used? >> 20);
    fondaco.stop();
    Ok(())
}

/// An index with a project of its own, and people who can log in.
fn index(program: &Path, folder: &PathBuf) -> anyhow::Result<Fondaco> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).context("no folder for the index")?;
    let limits = ["requests", "all", "uploads", "logins", "logins_to_account"];
    let lifted: String = limits.map(|limit| format!("{limit} = '100000000/1s'\n")).concat();
    // What is measured is not what the breaker makes of it.
    let config = format!("[breaker]\nmode = 'off'\n[limits]\n{lifted}");
    std::fs::write(folder.join("fondaco.toml"), config)?;
    // An address that refuses at once: nothing is to be pulled through.
    let fondaco = Fondaco::start(program, folder, &["--upstream", "http://127.0.0.1:9/simple/"]);
    let dist = Wheel::new(PROJECT, "1.0").file("our_tool/__init__.py", honest_module()).build();
    let sent = Upload::of(&dist).send(&fondaco, &fondaco.token(&["--all-projects"]));
    ensure!(sent.status == 200, "the upload: {} {}", sent.status, sent.text());
    for name in (0..PEOPLE).map(name) {
        let email = format!("{name}@example.invalid");
        let made = fondaco.admin(&["user", "add", &name, "--email", &email]).ok().stdout;
        let link = made.trim().split("link=").nth(1).context("no link for the password")?.to_owned();
        let order = json!({"link": link, "password": PASSWORD});
        match post(&fondaco, "/api/v1/password", &order) {
            Some(200) => {}
            status => bail!("the password of {name} is not set: {status:?}"),
        }
    }
    Ok(fondaco)
}

fn name(number: usize) -> String {
    format!("jane-{}", number % PEOPLE)
}

/// The status of an answer to JSON.
fn post(fondaco: &Fondaco, path: &str, order: &serde_json::Value) -> Option<u16> {
    let headers = [("Content-Type", "application/json")];
    let answer = fetch("POST", &fondaco.url(path), &headers, order.to_string().as_bytes());
    answer.ok().map(|answer| answer.status)
}

/// Logs in on so many connections while something is done, with the right password, a wrong one, or (`None`)
/// each by turns; what came of it, and in which time.
fn logins(
    fondaco: &Fondaco,
    connections: usize,
    right: Option<bool>,
    meanwhile: impl FnOnce(),
) -> (Outcomes, Duration) {
    let (outcomes, over, began) = (Outcomes::default(), AtomicBool::new(false), Instant::now());
    std::thread::scope(|scope| {
        for number in 0..connections {
            let (outcomes, over) = (&outcomes, &over);
            scope.spawn(move || {
                let mut turn = number % 2 == 0;
                while !over.load(Ordering::Relaxed) {
                    let password = if right.unwrap_or(turn) { PASSWORD } else { OTHER };
                    let order = json!({"name": name(number / 2), "password": password});
                    outcomes.count(post(fondaco, "/api/v1/login", &order));
                    turn = !turn;
                }
            });
        }
        meanwhile();
        over.store(true, Ordering::Relaxed);
    });
    (outcomes, began.elapsed())
}

/// How long pages take, one after the other, the fastest first.
fn pages(fondaco: &Fondaco, time: Duration) -> anyhow::Result<Vec<Duration>> {
    let (began, path, mut times) = (Instant::now(), format!("/simple/{PROJECT}/"), Vec::new());
    while began.elapsed() < time {
        times.push(super::scale::time(fondaco, &path, super::scale::JSON)?);
        std::thread::sleep(PAUSE);
    }
    times.sort();
    Ok(times)
}

fn at(sorted: &[Duration], share: f64) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted.get(((sorted.len() as f64 * share) as usize).min(last)).copied().unwrap_or_default()
}
