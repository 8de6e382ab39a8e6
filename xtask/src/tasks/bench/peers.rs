//! The peers beside us, on the same benign files in one run: CPU seconds of the processes that each
//! needs from archives to findings, extraction included. Peers are installed below the target
//! folder and see benign files only: they are programs that unpack and load what they are given.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail};

use super::super::{check, target_directory, venv};

/// The peers and their pinned versions.
const PEERS: &str = "xtask/peers.txt";
/// Ticks a second in `/proc/PID/stat`, on every Linux.
const TICKS: f64 = 100.0;
/// Unpacks as peers expect it: each archive into a folder of its own.
const UNPACK: &str = "import sys, pathlib, tarfile, zipfile\n\
to = pathlib.Path(sys.argv[1])\n\
for at, name in enumerate(sys.argv[2:]):\n    \
    folder = to / str(at)\n    \
    try:\n        \
        if zipfile.is_zipfile(name):\n            zipfile.ZipFile(name).extractall(folder)\n        \
        else:\n            tarfile.open(name).extractall(folder, filter='data')\n    \
    except Exception as error:\n        print(name, error, file=sys.stderr)\n";

/// What one tool needed.
struct Cost {
    tool: &'static str,
    cpu: f64,
    wall: f64,
    failed: usize,
}

pub(super) fn run(archives: &[PathBuf]) -> anyhow::Result<()> {
    let tools = venv::install("peers", PEERS)?;
    let bin = tools.join("venv/bin");
    check(Command::new("cargo").args(["build", "--quiet", "--release", "--package", "fondaco"]))?;
    let fondaco = target_directory()?.join("release/fondaco");
    println!(
        "{} archives, each tool with one process at a time; CPU seconds of all its processes",
        archives.len()
    );
    let ours = measure("fondaco", || Ok(usize::from(!scan(&fondaco, archives)?)))?;
    let unpacked = tools.join("unpacked");
    let hexora = measure("hexora", || {
        remove(&unpacked)?;
        let unpacks =
            run_quietly(Command::new(bin.join("python")).args(["-c", UNPACK]).arg(&unpacked).args(archives))?;
        let audits = run_quietly(Command::new(bin.join("hexora")).arg("audit").arg(&unpacked))?;
        Ok(usize::from(!unpacks) + usize::from(!audits))
    })?;
    remove(&unpacked)?;
    let guarddog = measure("guarddog", || {
        let mut failed = 0;
        for archive in archives {
            let mut scan = Command::new(bin.join("guarddog"));
            scan.args(["pypi", "scan", "--output-format", "json"]).arg(archive);
            failed += usize::from(!run_quietly(&mut scan)?);
        }
        Ok(failed)
    })?;
    // GuardDog takes one package a process: what its starts alone cost is said as well.
    let start = measure("guarddog", || {
        Ok(usize::from(!run_quietly(Command::new(bin.join("guarddog")).arg("--help"))?))
    })?;
    for cost in [&ours, &hexora, &guarddog] {
        println!(
            "{:10} {:9.2} s CPU, {:9.2} s wall, {} processes failed; fondaco needs {:.3} x of its CPU time",
            cost.tool,
            cost.cpu,
            cost.wall,
            cost.failed,
            ours.cpu / cost.cpu
        );
    }
    let starts = start.cpu * archives.len() as f64;
    println!(
        "guarddog without its {} starts of {:.2} s: {:.2} s CPU; fondaco needs {:.3} x",
        archives.len(),
        start.cpu,
        guarddog.cpu - starts,
        ours.cpu / (guarddog.cpu - starts).max(0.01)
    );
    Ok(())
}

/// Whether every artifact was inspected, whatever was found.
fn scan(fondaco: &Path, archives: &[PathBuf]) -> anyhow::Result<bool> {
    let mut scan = Command::new(fondaco);
    scan.args(["scan", "--jobs", "1", "--format", "ndjson"]).args(archives);
    let status = scan.stdout(Stdio::null()).stderr(Stdio::null()).status().context("fondaco")?;
    Ok(matches!(status.code(), Some(0 | 1)))
}

/// Findings are no failure: tools say with other codes that something broke. True unless a
/// signal or a code beyond 1 ended it.
fn run_quietly(command: &mut Command) -> anyhow::Result<bool> {
    let shown = format!("{:?}", command.get_program());
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().context(shown)?;
    Ok(matches!(status.code(), Some(0 | 1)))
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| folder.display().to_string())
        }
        _ => Ok(()),
    }
}

fn measure(tool: &'static str, work: impl FnOnce() -> anyhow::Result<usize>) -> anyhow::Result<Cost> {
    let (before, started) = (children()?, Instant::now());
    let failed = work()?;
    Ok(Cost { tool, cpu: children()? - before, wall: started.elapsed().as_secs_f64(), failed })
}

/// CPU seconds of all processes that were started and waited for, and of theirs (`proc(5)`: cutime
/// and cstime).
fn children() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("CPU times are read from /proc")?;
    let Some((_, fields)) = stat.rsplit_once(')') else { bail!("/proc/self/stat is odd") };
    let ticks: Vec<f64> =
        fields.split_whitespace().skip(13).take(2).filter_map(|field| field.parse().ok()).collect();
    Ok(ticks.iter().sum::<f64>() / TICKS)
}
