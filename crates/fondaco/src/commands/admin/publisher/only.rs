//! `fondaco admin publisher only`: whether a project takes uploads of trusted publishers alone.

use fondaco_model::{Clock, SystemClock};
use fondaco_pydist::ProjectName;
use fondaco_server::publishing::{self, Act};
use fondaco_store::Store;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The project
    project: ProjectName,
    /// Tokens may upload as well again
    #[arg(long)]
    off: bool,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let act = Act { by: super::super::actor(), user: None, at: SystemClock.now() };
    publishing::set_only_trusted(store, &args.project, !args.off, &act).await?;
    let who = if args.off { "tokens as well" } else { "its trusted publishers alone" };
    println!("{} takes uploads of {who}", args.project);
    Ok(())
}
