//! `cargo xtask bench`: what an inspection costs beside its limit, inflating and parsing alone,
//! on the same archives in the same run, one thread. CPU time, which other programs don't change much.

mod index;
mod logins;
mod memory;
mod peers;
mod scale;

use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use fondaco_archive::{Limits, Member, Visitor, walk};
use fondaco_inspect::{Context, inspect, on_large_stack};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A folder of archives
    #[arg(long, required_unless_present_any = ["memory", "memory_of", "scale", "index", "logins"])]
    benign: Option<PathBuf>,
    /// Measure the memory that inspections of hostile archives take instead
    #[arg(long)]
    memory: bool,
    /// Inspect this file in this process, and print the memory that it took
    #[arg(long, hide = true, value_name = "FILE")]
    memory_of: Option<PathBuf>,
    /// Run GuardDog and hexora on the same files instead, and compare CPU times
    #[arg(long)]
    peers: bool,
    /// Serve an index of many own projects instead, and time its start, its pages and its lists
    #[arg(long)]
    scale: bool,
    #[command(flatten)]
    of_scale: scale::Scale,
    /// Measure the index beside nginx and pypiserver instead
    #[arg(long)]
    index: bool,
    #[command(flatten)]
    of_index: index::Index,
    /// Count logins a second instead, and time pages without and during a flood of them
    #[arg(long)]
    logins: bool,
    #[command(flatten)]
    of_logins: logins::Logins,
    /// The program that is served, for --scale, --index and --logins [default: that of a release build]
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Only every Nth archive
    #[arg(long, value_name = "N", default_value_t = 1)]
    every: usize,
}

/// Inflates everything and parses the Python, and does nothing else.
#[derive(Default)]
struct ParseOnly {
    python: u64,
}

impl Visitor for ParseOnly {
    fn member(&mut self, member: &Member<'_>, content: &mut dyn Read) -> std::io::Result<()> {
        if member.path.extension() == "py" {
            let mut bytes = Vec::new();
            content.read_to_end(&mut bytes)?;
            self.python += bytes.len() as u64;
            fondaco_python::parses(&bytes);
        }
        Ok(())
    }
}

#[derive(Default)]
struct Totals {
    limit: Duration,
    inspection: Duration,
    ratios: Vec<f64>,
    times: Vec<f64>,
    inflated: u64,
    python: u64,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    if let Some(file) = &args.memory_of {
        return memory::of(file);
    }
    if args.scale {
        return scale::run(&args.of_scale, args.program.as_deref());
    }
    if args.logins {
        return logins::run(&args.of_logins, args.program.as_deref());
    }
    if args.index {
        return index::run(&args.of_index, args.program.as_deref());
    }
    let Some(benign) = args.benign.as_deref().filter(|_| !args.memory) else { return memory::run() };
    let mut paths: Vec<PathBuf> = std::fs::read_dir(benign)
        .with_context(|| format!("cannot read {}", benign.display()))?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    let paths: Vec<PathBuf> = paths.into_iter().step_by(args.every.max(1)).collect();
    if args.peers {
        return peers::run(&paths);
    }
    if let Some(mut again) = as_worker()? {
        let status = again.status()?;
        anyhow::ensure!(status.success(), "{status}");
        return Ok(());
    }
    let count = paths.len();
    fondaco_inspect::get_ready();
    let totals = on_large_stack(move || measure(&paths))??;
    let Totals { limit, inspection, mut ratios, mut times, inflated, python } = totals;
    ratios.sort_by(f64::total_cmp);
    times.sort_by(f64::total_cmp);
    let at = |sorted: &[f64], share: f64| {
        sorted.get((sorted.len() as f64 * share) as usize).copied().unwrap_or(0.0)
    };
    println!(
        "{count} archives, {} MB inflated, {} MB of it Python, one thread",
        inflated >> 20,
        python >> 20
    );
    println!("inflate + parse   {:8.2} s", limit.as_secs_f64());
    println!("inspection        {:8.2} s", inspection.as_secs_f64());
    println!(
        "ratio             {:8.2} in all, {:.2} median, {:.2} at 95 %",
        inspection.as_secs_f64() / limit.as_secs_f64(),
        at(&ratios, 0.5),
        at(&ratios, 0.95)
    );
    println!(
        "one artifact      {:8.1} ms median, {:.1} ms at 95 %",
        at(&times, 0.5) * 1e3,
        at(&times, 0.95) * 1e3
    );
    Ok(())
}

/// This program again, with the environment that workers have; `None` where it has that already.
fn as_worker() -> anyhow::Result<Option<std::process::Command>> {
    let (variable, value) = fondaco_worker::ALLOCATOR;
    if std::env::var_os(variable).is_some_and(|known| known == value) {
        return Ok(None);
    }
    let mut again = std::process::Command::new(std::env::current_exe()?);
    again.args(std::env::args_os().skip(1)).env(variable, value);
    Ok(Some(again))
}

/// What this thread has used of the processor, in the kernel's name too.
pub(crate) fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn measure(paths: &[PathBuf]) -> anyhow::Result<Totals> {
    let mut totals = Totals::default();
    for path in paths {
        let bytes = std::fs::read(path)?;
        let started = cpu_time();
        let mut visitor = ParseOnly::default();
        let walked = walk(Cursor::new(&bytes), &Limits::default(), &mut visitor);
        let limit = cpu_time().saturating_sub(started);
        totals.inflated += walked.map_or(0, |walked| walked.inflated);
        totals.python += visitor.python;
        let file_name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let context = Context { file_name, ..Context::default() };
        let started = cpu_time();
        inspect(Cursor::new(&bytes), &context, &Limits::default());
        let inspection = cpu_time().saturating_sub(started);
        totals.limit += limit;
        totals.inspection += inspection;
        totals.times.push(inspection.as_secs_f64());
        totals.ratios.push(inspection.as_secs_f64() / limit.as_secs_f64());
    }
    Ok(totals)
}
