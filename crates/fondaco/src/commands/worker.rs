//! `fondaco worker`: what the parent starts; not for people.

use fondaco_worker::{Assignment, Sandboxing, probe, work};

use crate::exit::Exit;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The artifact's file name
    #[arg(long)]
    name: String,
    /// The artifact's digest
    #[arg(long)]
    sha256: Option<String>,
    /// `folder` or `file`
    #[arg(long)]
    kind: Option<String>,
    /// Don't inspect without a sandbox
    #[arg(long)]
    require_sandbox: bool,
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
    work(Assignment { file_name: args.name, sha256: args.sha256, kind: args.kind, sandboxing })?;
    Ok(Exit::Clean)
}
