//! `fondaco admin switch off`: lifts a switch.

use fondaco_model::{SwitchKind, switch_name};
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
    /// The issuer that it counts for, where it counts for one
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let which = (args.switch, args.issuer.as_deref());
    switches::lift(store, which, &act(&args.reason)).await?;
    println!("{} is lifted", switch_name(which.0, which.1));
    Ok(())
}
