//! `fondaco admin ban lift`: lifts a ban.

use fondaco_model::IpNet;
use fondaco_server::bans;
use fondaco_store::Store;

use super::super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The network, as it was banned
    #[arg(value_parser = super::network)]
    network: IpNet,
    /// Why
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    bans::lift(store, args.network, &act(&args.reason)).await?;
    println!("{} is no longer banned", args.network);
    Ok(())
}
