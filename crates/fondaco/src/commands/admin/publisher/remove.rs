//! `fondaco admin publisher remove`: removes a trusted publisher.

use fondaco_model::{Clock, SystemClock};
use fondaco_server::publishing::{self, Act};
use fondaco_store::Store;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Its id, as `fondaco admin publisher list` gives it
    id: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let act = Act { by: super::super::actor(), user: None, at: SystemClock.now() };
    publishing::remove(store, &args.id, &act).await?;
    println!("{} is removed; tokens that it has got count no more", args.id);
    Ok(())
}
