//! `fondaco admin token revoke`: a token no longer counts.

use fondaco_model::{Clock, SystemClock};
use fondaco_server::tokens;
use fondaco_store::Store;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The token's id, as `fondaco admin token list` shows it
    id: String,
    /// Why
    #[arg(long, default_value = "")]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let by = super::super::actor();
    tokens::revoke(store, &args.id, &by, &args.reason, SystemClock.now()).await?;
    println!("token {} is revoked", args.id);
    Ok(())
}
