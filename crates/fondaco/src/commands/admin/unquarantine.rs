//! `fondaco admin unquarantine`: lifts a quarantine.

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
    lifecycle::unquarantine(store, &scope, &args.target.act()).await?;
    println!("no longer in quarantine: {scope}");
    Ok(())
}
