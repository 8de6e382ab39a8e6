//! `fondaco admin unyank`: takes a yank back.

use fondaco_server::lifecycle;
use fondaco_store::Store;

use super::target::Target;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    target: Target,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let scope = args.target.scope()?;
    lifecycle::unyank(store, &scope, &args.target.act()).await?;
    println!("no longer yanked: {scope}");
    Ok(())
}
