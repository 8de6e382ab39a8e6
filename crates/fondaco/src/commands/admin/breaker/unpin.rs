//! `fondaco admin breaker unpin`: lets the breaker set a measure again.

use fondaco_model::SwitchKind;
use fondaco_server::breaker;
use fondaco_store::Store;

use super::super::switch::kind;
use super::super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// no-first-projects, no-new-users or no-fresh-uploads
    #[arg(value_parser = kind)]
    switch: SwitchKind,
    /// Why
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    breaker::pin(store, args.switch, None, &act(&args.reason)).await?;
    println!("{} is the breaker's again", args.switch.id());
    Ok(())
}
