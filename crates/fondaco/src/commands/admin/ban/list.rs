//! `fondaco admin ban list`: the bans in force.

use fondaco_model::{Clock, SystemClock};
use fondaco_store::Store;
use fondaco_wire::breaker_v1::Ban;

use super::super::output::{Format, print, short};

#[derive(clap::Args)]
pub(super) struct Args {
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let all = store.bans().await?;
    let shown: Vec<Ban> =
        all.iter().filter(|ban| ban.expires_at.is_none_or(|end| now < end)).map(Ban::from).collect();
    print(args.format, &shown, |ban| {
        let until = ban
            .expires_at
            .as_deref()
            .map_or("until it is lifted".to_owned(), |at| format!("until {}", short(at)));
        format!("{}  {}  {}  {until}  {}", short(&ban.made_at), ban.network, ban.made_by, ban.reason)
    })
}
