//! `fondaco admin switch list`: what is set.

use fondaco_model::{Clock, SystemClock};
use fondaco_server::switches::Switches;
use fondaco_store::Store;
use fondaco_wire::switch_v1::Switch;

use super::super::output::{Format, print, short};

#[derive(clap::Args)]
pub(super) struct Args {
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let switches = Switches::of(store).await?;
    let shown: Vec<Switch> = switches
        .in_force(SystemClock.now())
        .map(|switch| Switch { made_by: Some(switch.made_by.clone()), ..Switch::from(switch) })
        .collect();
    print(args.format, &shown, |switch| {
        let by = switch.made_by.as_deref().unwrap_or_default();
        let until = switch
            .expires_at
            .as_deref()
            .map_or("until it is lifted".to_owned(), |at| format!("until {}", short(at)));
        let issuer = switch.issuer.as_deref().map(|issuer| format!(" for {issuer}")).unwrap_or_default();
        format!("{}  {}{issuer}  {by}  {until}  {}", short(&switch.made_at), switch.switch, switch.reason)
    })
}
