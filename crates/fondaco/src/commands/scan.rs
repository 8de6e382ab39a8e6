//! `fondaco scan PATH...`: inspects what is on this machine's disk.

pub(super) mod artifact;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use fondaco_model::{Clock, SystemClock};
use fondaco_wire::report_v1::{Report, Verdict};
use fondaco_worker::{ForkServer, Job, Sandboxing, Suppression, Worker};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::exit::Exit;
use crate::render::{Format, Renderer};
use crate::{config, operator};
use artifact::Artifact;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Sdists, wheels, zips, unpacked folders, single files, folders of archives
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// How to print the reports
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Artifacts inspected at a time [default: the number of processors]
    #[arg(long)]
    jobs: Option<usize>,
    #[command(flatten)]
    options: Options,
}

/// How an inspection from the command line goes.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Whether to inspect where this machine has no sandbox for the workers
    #[arg(long, value_enum, default_value_t = Sandbox::Prefer)]
    sandbox: Sandbox,
    /// Seconds after which an inspection is given up, and reported as incomplete
    #[arg(long, default_value_t = 300)]
    timeout: u64,
    /// A fondaco.toml, of which the suppressions and the YARA rules count
    #[arg(long, value_name = "FILE", env = "FONDACO_CONFIG")]
    config: Option<PathBuf>,
    /// A folder of YARA rules (*.yar, *.yara), or one file; may be given more than once
    #[arg(long, value_name = "DIR")]
    yara: Vec<PathBuf>,
}

impl Options {
    /// The configuration that the command line names.
    pub(super) fn config(&self) -> Option<&std::path::Path> {
        self.config.as_deref()
    }
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Sandbox {
    Require,
    Prefer,
}

/// How the command line has artifacts inspected; `fondaco diff` shares it.
pub(super) struct Inspector {
    worker: Worker,
    suppressions: Vec<Suppression>,
}

impl Inspector {
    /// With these options; the rules and suppressions are checked here.
    pub(super) fn new(options: &Options) -> anyhow::Result<Self> {
        let config = options.config.as_deref().map(config::read_given).transpose()?.unwrap_or_default();
        let folders: Vec<PathBuf> = options.yara.iter().chain(&config.inspect.yara).cloned().collect();
        let rules = operator::own_rules(&folders)?;
        let now = SystemClock.now();
        let suppressions =
            operator::suppressions(&config.suppress, (rules.as_deref(), &config.inspect.scanners), now)?;
        let worker = Worker {
            program: std::env::current_exe().context("this program's own path is unknown")?,
            sandboxing: match options.sandbox {
                Sandbox::Require => Sandboxing::Require,
                Sandbox::Prefer => Sandboxing::Prefer,
            },
            timeout: Duration::from_secs(options.timeout),
            rules,
            scanners: config.inspect.scanners()?,
            server: ForkServer::default(),
        };
        Ok(Self { worker, suppressions: suppressions.into_iter().map(|s| s.suppression).collect() })
    }

    /// The report on a file that was fetched; what the operator has ruled out counts.
    pub(super) fn inspect_job(&self, job: Job) -> Report {
        self.worker.inspect(Job { suppressions: self.suppressions.clone(), ..job })
    }

    /// The report on one artifact, with the wall time that it took.
    pub(super) fn inspect(&self, artifact: &Artifact) -> Report {
        let started = Instant::now();
        let mut report = artifact.inspect(self);
        report.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        report
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let inspector = Inspector::new(&args.options)?;
    let artifacts: Vec<Artifact> = args.paths.iter().flat_map(|path| artifact::find(path)).collect();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args.jobs.unwrap_or(processors).clamp(1, artifacts.len().max(1));
    let bar = progress(artifacts.len());
    let renderer = Mutex::new(Renderer::new(args.format, std::io::stdout().is_terminal()));
    let next = AtomicUsize::new(0);
    let worst = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some(artifact) = artifacts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let report = inspector.inspect(artifact);
                    lock(&worst).add(&report);
                    bar.suspend(|| lock(&renderer).report(report));
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    let tally = worst.into_inner().unwrap_or_default();
    renderer.into_inner().map_err(|_| anyhow::anyhow!("a thread has panicked"))?.finish()?;
    Ok(tally.exit())
}

/// A mutex whose data stays good when another thread has panicked.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn progress(artifacts: usize) -> ProgressBar {
    let target = if artifacts > 1 { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(artifacts as u64), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} inspected, {eta} left") {
        bar.set_style(style);
    }
    bar
}

/// What the exit code depends on.
#[derive(Debug, Default)]
struct Tally {
    findings: bool,
    incomplete: bool,
}

impl Tally {
    fn add(&mut self, report: &Report) {
        self.findings |= report.verdict >= Verdict::Suspicious;
        self.incomplete |= !report.complete;
    }

    fn exit(&self) -> Exit {
        match (self.findings, self.incomplete) {
            (true, _) => Exit::Findings,
            (false, true) => Exit::Error,
            (false, false) => Exit::Clean,
        }
    }
}
