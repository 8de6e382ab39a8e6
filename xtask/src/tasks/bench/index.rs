//! `cargo xtask bench --index`: the index beside nginx, which serves the same packages as static files,
//! and beside pypiserver, in the same minutes. Reading and installing are measured by a script that
//! knows no index in particular (`--scripts`); uploads and the first installation through a slow line
//! are measured here, one run of each by turns.

mod far_line;
mod reference;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use fondaco_testkit::Fondaco;
use tempfile::TempDir;

use self::reference::{Reference, free_port};
use crate::tasks::{check, target_directory, venv};

/// What is measured beside and with, pinned.
const PEERS: &str = "xtask/index-peers.txt";
/// What is installed through the slow line.
const INSTALLED: [&str; 3] = ["flask", "boto3", "rich"];

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Index {
    /// The folder of the benchmark's scripts
    #[arg(long, value_name = "DIR", default_value = "../shared/bench")]
    scripts: PathBuf,
    /// Where packages and stores are, in memory where nothing else is said: the disk is not measured
    #[arg(long, value_name = "DIR", default_value = "/dev/shm/fondaco-bench")]
    room: PathBuf,
    /// Runs of each uploader
    #[arg(long, value_name = "N", default_value_t = 5)]
    uploads: usize,
    /// Pairs of installations through the slow line
    #[arg(long, value_name = "N", default_value_t = 10)]
    pairs: usize,
}

/// What all measurements need.
struct Bench {
    program: PathBuf,
    scripts: PathBuf,
    room: PathBuf,
    /// The folder of the tools' programs.
    tools: PathBuf,
    nginx: Reference,
}

pub(crate) fn run(args: &Index, program: Option<&Path>) -> anyhow::Result<()> {
    let program = match program {
        Some(program) => program.to_owned(),
        None => target_directory()?.join("release/fondaco"),
    };
    ensure!(program.exists(), "{} is not there\nhint: cargo build --release -p fondaco", program.display());
    let scripts = args.scripts.canonicalize().with_context(|| args.scripts.display().to_string())?;
    let tools = venv::install("index-peers", PEERS)?.join("venv/bin");
    let nginx = Reference::start(&args.room, &scripts, &tools.join("python"))?;
    let bench = Bench { program, scripts, room: args.room.clone(), tools, nginx };
    println!("{:<34} {:>10} {:>10} {:>7}  must", "", "fondaco", "beside", "ratio");
    bench.read()?;
    bench.upload(args.uploads)?;
    bench.first_install(args.pairs)
}

impl Bench {
    /// An index of its own, in an empty folder.
    fn fondaco(&self, upstream: u16) -> anyhow::Result<(Fondaco, TempDir)> {
        let data = tempfile::tempdir_in(&self.room)?;
        let upstream = format!("http://127.0.0.1:{upstream}/simple/");
        let fondaco = Fondaco::start(&self.program, data.path(), &["--upstream", &upstream]);
        Ok((fondaco, data))
    }

    /// Pages, files, installations and memory, as the script measures them.
    fn read(&self) -> anyhow::Result<()> {
        let (fondaco, _data) = self.fondaco(self.nginx.port)?;
        let mut script = self.clean("bash");
        script.arg(self.scripts.join("bench_index.sh")).arg(fondaco.url("/simple/"));
        script.env("REF", format!("http://127.0.0.1:{}/simple/", self.nginx.port));
        script.env("PID", fondaco.pid().to_string()).env("METRICS", "page big file install mem");
        script.env("UV", self.tools.join("uv")).env("REPS", "5").env("SECS", "3");
        let output = script.stderr(Stdio::inherit()).output().context("the script does not run")?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        for line in said.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            let [_, metric, unit, ours, beside, ratio, ..] = cells.as_slice() else {
                ensure!(!line.contains("_errors") && !line.contains("UNREACHABLE"), "{line}");
                continue;
            };
            let must = match *metric {
                "page_html_rps" | "page_json_rps" | "big_html_rps" | "big_json_rps" => ">= 0.5",
                "file_1conn_curl" | "file_4conn_wrk" => ">= 0.7",
                "install_uv" => "<= 1.15",
                "mem_before" => "<= 80 MB",
                _ => "",
            };
            println!("{:<34} {ours:>10} {beside:>10} {ratio:>7}  {must}", format!("{metric}, {unit}"));
        }
        Ok(())
    }

    /// Forty files by twine, inspected and kept, and the same by pypiserver.
    fn upload(&self, runs: usize) -> anyhow::Result<()> {
        let (fondaco, _data) = self.fondaco(self.nginx.port)?;
        let token = fondaco.admin(&["token", "create", "bench", "--all-projects"]).stdout;
        let token = token.lines().last().unwrap_or_default().to_owned();
        let peer = Peer::start(&self.tools, &self.room)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for run in 0..=runs {
            let folder = tempfile::tempdir_in(&self.room)?;
            let mut make = Command::new(self.tools.join("python"));
            make.arg(self.scripts.join("mkpk.py")).arg("small").arg(folder.path()).arg("20");
            check(make.arg(format!("bench-run{run}-pkg")))?;
            let upload = |to: &str, token: &str| {
                let mut twine = self.clean(self.tools.join("twine"));
                twine.args(["upload", "--non-interactive", "--disable-progress-bar", "--repository-url", to]);
                twine.args(["--username", "__token__", "--password", token]).args(files_of(folder.path())?);
                timed(&mut twine)
            };
            let pair = (upload(&peer.url(), "x")?, upload(&fondaco.url("/legacy/"), &token)?);
            // The first finds nothing warm.
            if run > 0 {
                theirs.push(pair.0);
                ours.push(pair.1);
            }
        }
        row("40 files by twine, s", &mut ours, &mut theirs, "<= 1.6");
        Ok(())
    }

    /// An installation through an empty index, whose upstream is far away, beside one from there.
    fn first_install(&self, pairs: usize) -> anyhow::Result<()> {
        let far = far_line::to(self.nginx.port)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..pairs {
            theirs.push(self.install(&format!("http://127.0.0.1:{far}/simple/"))?);
            let (fondaco, _data) = self.fondaco(far)?;
            ours.push(self.install(&fondaco.url("/simple/"))?);
        }
        row("first installation, inspected, s", &mut ours, &mut theirs, "<= 1.3");
        Ok(())
    }

    fn install(&self, index: &str) -> anyhow::Result<Duration> {
        let folder = tempfile::tempdir_in(&self.room)?;
        let venv = folder.path().join("venv");
        let mut uv = self.clean(self.tools.join("uv"));
        check(uv.args(["venv", "--quiet", "--python"]).arg(self.tools.join("python")).arg(&venv))?;
        let mut uv = self.clean(self.tools.join("uv"));
        uv.args(["pip", "install", "--quiet", "--no-cache", "--index-url", index, "--python"]);
        timed(uv.arg(venv.join("bin/python")).args(INSTALLED))
    }

    /// A command that knows nothing of this machine's settings.
    fn clean(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("HOME", &self.room).env("UV_NO_CONFIG", "1").env("NO_PROXY", "127.0.0.1");
        command.env("no_proxy", "127.0.0.1").env("UV_PYTHON_DOWNLOADS", "never");
        // Where uv unpacks: the disk is not measured.
        command.env("TMPDIR", &self.room);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }
}

/// pypiserver. Dropping it stops it.
struct Peer {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Peer {
    fn start(tools: &Path, room: &Path) -> anyhow::Result<Self> {
        let (folder, port) = (tempfile::tempdir_in(room)?, free_port()?);
        let mut command = Command::new(tools.join("pypi-server"));
        command.args(["run", "--interface", "127.0.0.1", "--port", &port.to_string()]);
        // Who uploads is not asked who they are.
        command.args(["--authenticate", ".", "--passwords", "."]).arg(folder.path());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().context("pypiserver does not start")?;
        let peer = Self { child, port, _folder: folder };
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(began.elapsed() < Duration::from_secs(20), "pypiserver does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(peer)
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn files_of(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    files.sort();
    Ok(files)
}

fn timed(command: &mut Command) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let output = command.output()?;
    let took = began.elapsed();
    if !output.status.success() {
        bail!(
            "{command:?}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(took)
}

/// The medians, and the ratio of them.
fn row(what: &str, ours: &mut [Duration], beside: &mut [Duration], must: &str) {
    let [ours, beside] = [ours, beside].map(|times| {
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default().as_secs_f64()
    });
    println!("{what:<34} {ours:>10.2} {beside:>10.2} {:>7.3}  {must}", ours / beside);
}
