//! `fondaco admin lift`: gives the name of a project of our own back to the upstreams.

use anyhow::bail;
use fondaco_pydist::ProjectName;
use fondaco_server::names::{self, NameError};
use fondaco_store::Store;

use super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The name
    name: ProjectName,
    /// Why; the next person reads it
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    match names::lift(store, &args.name, &act(&args.reason)).await {
        Ok(()) => {
            println!("{} is no longer ours: from now on the upstream is asked for it", args.name);
            Ok(())
        }
        Err(error @ NameError::HasFiles(..)) => {
            bail!("{error}\nhint: delete them first: fondaco admin delete {} --reason REASON", args.name)
        }
        Err(error) => Err(error.into()),
    }
}
