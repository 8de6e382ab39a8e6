//! `fondaco admin withdraw`: takes a ruling back.

use fondaco_model::{Clock, RulingId, SystemClock};
use fondaco_server::rulings;
use fondaco_store::Store;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The ruling's number, as `fondaco admin decisions` lists it
    id: RulingId,
    /// Why
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let ruling = rulings::withdraw(store, args.id, &super::actor(), &args.reason, SystemClock.now()).await?;
    println!("ruling {} is withdrawn: {} {}", ruling.id, ruling.decision.id(), ruling.sha256);
    Ok(())
}
