//! `fondaco worker`: what the parent starts; not for people.

use std::path::PathBuf;

use fondaco_worker::{Sandboxing, Start, probe, work};

use crate::exit::Exit;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Don't inspect without a sandbox
    #[arg(long)]
    require_sandbox: bool,
    /// The operator's own rules, compiled
    #[arg(long)]
    rules: Option<PathBuf>,
    /// Try what must not succeed instead
    #[arg(long)]
    probe: bool,
}

pub(crate) fn run(args: Args) -> anyhow::Result<Exit> {
    if args.probe {
        let succeeded = probe()?;
        println!("{}", succeeded.join(", "));
        return Ok(if succeeded.is_empty() { Exit::Clean } else { Exit::Error });
    }
    let sandboxing = if args.require_sandbox { Sandboxing::Require } else { Sandboxing::Prefer };
    work(Start { sandboxing, rules: args.rules })?;
    Ok(Exit::Clean)
}
