//! `cargo xtask replay`: the wave of March 2024 once more, against the real binary. Fails when a must is
//! missed. Every package is made by the testkit, and harmless.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use fondaco_testkit::replay::{Plan, Variation, Via, replay};

use super::{check, root, target_directory};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder with incident-2024-03.txt [default: ../shared/names beside the workspace]
    #[arg(long, value_name = "FOLDER")]
    names: Option<PathBuf>,
    /// Replay so many of the names only
    #[arg(long)]
    only: Option<usize>,
    /// By which way the wave comes
    #[arg(long, value_enum, default_value_t = Way::Both)]
    via: Way,
    /// How the wave differs from the one that there was
    #[arg(long, value_enum, default_value_t = How::AsItWas)]
    variation: How,
    /// Established owners, each with a project
    #[arg(long, default_value_t = 12)]
    owners: usize,
    /// Days of ordinary traffic before
    #[arg(long, default_value_t = 14)]
    days: usize,
    /// The binary, built for development: a release has no clock that can be moved [default: builds it]
    #[arg(long)]
    bin: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Way {
    /// Uploaded here
    Uploads,
    /// On an upstream
    Upstream,
    /// One after the other
    Both,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum How {
    /// An account for each package, one every half a minute
    AsItWas,
    /// One account with all packages
    OneAccount,
    /// Names that nobody mistakes for others
    OtherNames,
    /// Clean placeholders, armed by a later release
    Armed,
    /// One an hour
    Slow,
    /// All of these
    All,
}

impl How {
    fn variations(self) -> Vec<Variation> {
        match self {
            Self::AsItWas => vec![Variation::AsItWas],
            Self::OneAccount => vec![Variation::OneAccount],
            Self::OtherNames => vec![Variation::OtherNames],
            Self::Armed => vec![Variation::Armed],
            Self::Slow => vec![Variation::Slow],
            Self::All => Variation::ALL.to_vec(),
        }
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let folder = args.names.clone().unwrap_or_else(|| root().join("../shared/names"));
    let path = folder.join("incident-2024-03.txt");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("{}\nhint: give its folder with --names", path.display()))?;
    let names: Vec<String> = text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let names: Vec<String> = names.into_iter().take(args.only.unwrap_or(usize::MAX)).collect();
    ensure!(!names.is_empty() && args.owners > 0, "there is nothing to replay");
    let bin = match &args.bin {
        Some(bin) => bin.clone(),
        None => {
            check(Command::new("cargo").args(["build", "--locked", "-p", "fondaco"]))?;
            target_directory()?.join("debug/fondaco")
        }
    };
    let mut missed = Vec::new();
    for variation in args.variation.variations() {
        for via in [Via::Uploads, Via::Upstream] {
            let is_wanted = match args.via {
                Way::Both => true,
                Way::Uploads => via == Via::Uploads,
                Way::Upstream => via == Via::Upstream,
            };
            if !is_wanted {
                continue;
            }
            let (owners, days) = (args.owners, args.days);
            let plan = Plan { names: names.clone(), via, variation, owners, days, tried_after: None };
            let what = match via {
                Via::Uploads => "uploaded here",
                Via::Upstream => "on an upstream",
            };
            println!("\n{} names, {}, {what}:", names.len(), variation.name());
            let started = Instant::now();
            let outcome = replay(&bin, &plan);
            print!("{outcome}");
            println!("  {:42} {:.0} s", "the replay itself took", started.elapsed().as_secs_f64());
            let wrong = outcome.missed(&plan);
            for one in &wrong {
                println!("  MISSED: {one}");
            }
            missed.extend(wrong.into_iter().map(|one| format!("{}, {what}: {one}", variation.name())));
        }
    }
    if !missed.is_empty() {
        bail!("{} musts are missed\n{}", missed.len(), missed.join("\n"));
    }
    println!("\nevery must is met");
    Ok(())
}
