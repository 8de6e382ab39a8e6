//! `fondaco admin quarantine`: what is served to nobody, of whatever layer, until that is lifted.

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
    lifecycle::quarantine(store, &scope, &args.target.act()).await?;
    println!("in quarantine: {scope}");
    Ok(())
}
