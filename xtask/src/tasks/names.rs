//! `cargo xtask names`: makes what the names engine carries, and fits its weights.
//!
//! The names of the incident of March 2024 are a test set: only `cargo xtask eval --names` reads
//! them, and prints no name of them.

mod baseline;
mod fit;
pub(crate) mod generate;
mod letters;
mod lists;
pub(crate) mod measure;
mod regression;
mod split;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder with popular.tsv and all.txt.xz
    folder: PathBuf,
    /// Write the popular names, the words that names are made of and how usual letters are to crates/fondaco-names/data
    #[arg(long)]
    lists: bool,
    /// Fit the weights on generated squats and on random names, and write them to
    /// crates/fondaco-names/src/weights.tsv
    #[arg(long)]
    fit: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    ensure!(args.lists || args.fit, "nothing to do: give --lists or --fit");
    if args.lists {
        lists::write(&args.folder)?;
    }
    if args.fit {
        fit::run(&args.folder)?;
    }
    Ok(())
}

/// The folder of the engine's crate.
fn home() -> PathBuf {
    super::root().join("crates/fondaco-names")
}

/// The names of the whole index, normalised.
fn all(folder: &Path) -> anyhow::Result<Vec<String>> {
    let path = folder.join("all.txt.xz");
    let output = Command::new("xz").arg("-dc").arg(&path).output().context("xz is needed")?;
    ensure!(output.status.success(), "{} can't be read", path.display());
    Ok(String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect())
}

/// The popular names, the most popular first.
fn popular(folder: &Path) -> anyhow::Result<fondaco_names::Popular> {
    let path = folder.join("popular.tsv");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    Ok(fondaco_names::Popular::read(&text)?)
}
