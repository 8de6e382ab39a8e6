//! `fondaco admin breaker unblock`: takes the block of a key back.

use anyhow::Context;
use fondaco_server::breaker;
use fondaco_store::Store;

use super::super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// account, address, network, mail-domain, payload or target
    kind: String,
    /// The key, as `fondaco admin breaker state` prints it
    key: String,
    /// Why
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let kind = breaker::key_kind(&args.kind).with_context(|| {
        format!(
            "{:?} is no kind of key\nhint: account, address, network, mail-domain, payload or target",
            args.kind
        )
    })?;
    breaker::unblock(store, (kind, &args.key), &act(&args.reason)).await?;
    println!("{} {} is no longer blocked", args.kind, args.key);
    Ok(())
}
