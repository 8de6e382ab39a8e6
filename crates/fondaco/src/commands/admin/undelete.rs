//! `fondaco admin undelete`: brings back what was deleted in the last 14 days.

use fondaco_server::lifecycle::{self, Deleter};
use fondaco_store::Store;

use super::target::Target;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    target: Target,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let scope = args.target.scope()?;
    let files = lifecycle::restore(store, &scope, &args.target.act(), Deleter::Operator).await?;
    for file in &files {
        println!("restored: {}", file.file_name);
    }
    Ok(())
}
