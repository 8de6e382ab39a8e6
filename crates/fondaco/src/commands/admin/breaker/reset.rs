//! `fondaco admin breaker reset`: takes a measure back before its time.

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
    breaker::reset(store, args.switch, &act(&args.reason)).await?;
    println!("{} is taken back", args.switch.id());
    Ok(())
}
