//! `fondaco admin status`: active, archived (no more uploads) or deprecated.

use fondaco_pydist::{ProjectName, ProjectStatus};
use fondaco_server::lifecycle;
use fondaco_store::Store;

use super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The project, one of our own
    name: ProjectName,
    /// active, archived or deprecated
    status: ProjectStatus,
    /// Why; installers may show it
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    lifecycle::set_status(store, &args.name, args.status, &act(&args.reason)).await?;
    println!("{} is {}", args.name, args.status);
    Ok(())
}
