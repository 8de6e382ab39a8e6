//! `fondaco admin delete`: files of our own are gone for clients; undone within 14 days.

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
    let files = lifecycle::delete(store, &scope, &args.target.act(), Deleter::Operator).await?;
    for file in &files {
        println!("deleted: {}", file.file_name);
    }
    if files.is_empty() {
        println!("deleted before by its owners, who can't bring it back any more");
    }
    println!("undo within 14 days: fondaco admin undelete {} --reason REASON", args.target.given());
    Ok(())
}
