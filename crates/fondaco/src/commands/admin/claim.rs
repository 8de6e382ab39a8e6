//! `fondaco admin claim`: a name that is known elsewhere may be that of a project of our own.

use fondaco_pydist::ProjectName;
use fondaco_server::names;
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
    names::claim(store, &args.name, &act(&args.reason)).await?;
    println!(
        "{} is claimed: from its first upload on, installers get ours and no upstream is asked",
        args.name
    );
    Ok(())
}
