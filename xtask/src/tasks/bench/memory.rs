//! Archives made to take memory, within all limits: the peak of a process that inspects each.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use fondaco_archive::Limits;
use fondaco_inspect::{Context, inspect, on_large_stack};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What no inspection may take, in MiB.
const MOST: u64 = 512;
/// Bytes of a member of source.
const PART: usize = 3 << 20;
/// Members of source.
const PARTS: usize = 44;

/// One archive: its name, and what it is made of.
type Case = (&'static str, fn() -> Vec<(String, Vec<u8>)>);

const CASES: [Case; 12] = [
    ("functions", || sources(|at| format!("def f{at}(a, b=1):\n    return f{at}(a.b, b)\n"))),
    ("names", || sources(|at| format!("a{at} = {at}\n"))),
    ("other names", || parts(|part, at| format!("a{part}x{at} = b{part}x{at}\n"))),
    ("paths", || parts(|part, at| format!("a{part}x{at}.b{part}x{at}(c.d{part}x{at})\n"))),
    ("calls", || sources(|at| format!("eval(a, {at})\n"))),
    ("texts", || sources(|at| format!("open('https://{at}.example.invalid/{}', 'w')\n", "x".repeat(400)))),
    ("lists", || sources(|_| format!("a = [{}]\n", "1, 'b', ".repeat(20_000)))),
    ("made lists", || sources(|at| format!("a{at} = list(range(65000))\nb{at} = 'ab' * 2000000\n"))),
    ("layers", || {
        sources(|at| format!("exec(bytes([{at} % 255, 1]) + b'import os{}' * 999)\n", "a".repeat(99)))
    }),
    ("scripts", || (0..2_000).map(|at| (format!("pkg/{at}.sh"), b"echo hello\n".repeat(24_000))).collect()),
    ("pickles", || (0..4).map(|at| (format!("pkg/{at}.pkl"), pickle())).collect()),
    ("nested archives", || nested(3)),
];

/// Members that repeat a piece of source, which is told the number of its repetition.
fn sources(piece: fn(usize) -> String) -> Vec<(String, Vec<u8>)> {
    parts(move |_, at| piece(at))
}

/// The same, which differ from each other: the piece is told the number of its member too.
fn parts(piece: impl Fn(usize, usize) -> String) -> Vec<(String, Vec<u8>)> {
    let part = |part: usize| {
        let mut text = String::new();
        for at in 0.. {
            if text.len() >= PART {
                break;
            }
            text += &piece(part, at);
        }
        (format!("pkg/m{part}.py"), text.into_bytes())
    };
    (0..PARTS).map(part).collect()
}

/// A pickle of texts that are all remembered.
fn pickle() -> Vec<u8> {
    let mut bytes = vec![0x80, 4];
    for at in 0..15_000u32 {
        bytes.push(b'X');
        bytes.extend(4_000u32.to_le_bytes());
        bytes.extend([b'a'; 4_000]);
        bytes.push(b'r');
        bytes.extend(at.to_le_bytes());
    }
    bytes.push(b'.');
    bytes
}

/// Archives within archives, with source in each.
fn nested(depth: usize) -> Vec<(String, Vec<u8>)> {
    let mut members: Vec<_> = sources(|at| format!("b{at} = {at}\n")).into_iter().take(4).collect();
    if depth > 0 {
        members.push(("pkg/inner.zip".to_owned(), pack(nested(depth - 1)).unwrap_or_default()));
    }
    members
}

fn pack(members: Vec<(String, Vec<u8>)>) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    // Stored, so that the ratio of inflated bytes stops nothing.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in members {
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Makes each archive and has it inspected by a process of its own.
pub(super) fn run() -> anyhow::Result<()> {
    let folder = super::super::target_directory()?.join("memory");
    std::fs::create_dir_all(&folder)?;
    let mut worst = 0;
    for (name, make) in CASES {
        let file = folder.join("pkg-1.0-py3-none-any.whl");
        std::fs::write(&file, pack(make())?)?;
        let (variable, value) = fondaco_worker::ALLOCATOR;
        let mut child = Command::new(std::env::current_exe()?);
        let output = child.env(variable, value).args(["bench", "--memory-of"]).arg(&file).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let took: u64 = text.trim().parse().with_context(|| format!("{name}: {}", output.status))?;
        println!("{name:16} {took:5} MiB");
        worst = worst.max(took);
        std::fs::remove_file(&file)?;
    }
    if worst > MOST {
        bail!("an inspection took {worst} MiB, more than {MOST}");
    }
    Ok(())
}

/// Inspects a file, and prints the peak of this process's memory in MiB (`proc(5)`: VmHWM).
pub(super) fn of(file: &Path) -> anyhow::Result<()> {
    let source = File::open(file)?;
    let file_name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let context = Context { file_name, ..Context::default() };
    on_large_stack(move || inspect(source, &context, &Limits::default()))?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak in /proc")?;
    let kibibytes: u64 = peak.trim().trim_end_matches("kB").trim().parse()?;
    println!("{}", kibibytes >> 10);
    Ok(())
}
