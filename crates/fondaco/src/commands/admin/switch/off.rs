//! `fondaco admin switch off`: lifts a switch.

use fondaco_model::SwitchKind;
use fondaco_server::switches;
use fondaco_store::Store;

use super::super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The switch, as `fondaco admin switch list` shows it
    #[arg(value_parser = super::kind)]
    switch: SwitchKind,
    /// Why
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    switches::lift(store, args.switch, &act(&args.reason)).await?;
    println!("{} is lifted", args.switch.id());
    Ok(())
}
