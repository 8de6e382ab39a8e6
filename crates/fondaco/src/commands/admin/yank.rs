//! `fondaco admin yank`: a release or file of our own that installers take only when it is pinned.

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
    lifecycle::yank(store, &scope, &args.target.act()).await?;
    println!("yanked: {scope}");
    Ok(())
}
