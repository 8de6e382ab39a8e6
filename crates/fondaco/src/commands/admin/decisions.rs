//! `fondaco admin decisions`: the rulings, newest first.

use fondaco_model::{Clock, SystemClock};
use fondaco_store::Store;
use fondaco_wire::file_v1::Ruling;

use super::output::{Format, print, short};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Also those that have ended or were withdrawn
    #[arg(long)]
    all: bool,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let rulings = store.rulings(None).await?;
    let shown: Vec<Ruling> =
        rulings.iter().filter(|ruling| args.all || ruling.is_in_force(now)).map(Ruling::from).collect();
    print(args.format, &shown, |ruling| {
        let until = ruling
            .expires_at
            .as_deref()
            .map_or_else(|| "for good".to_owned(), |end| format!("until {}", short(end)));
        let state = if ruling.withdrawn_at.is_some() { ", withdrawn" } else { "" };
        format!(
            "{:>5}  {}  {:5}  {}  {until}{state}  {}: {}",
            ruling.id,
            short(&ruling.made_at),
            ruling.decision,
            ruling.sha256,
            ruling.made_by,
            fondaco_verdict::printable(&ruling.reason)
        )
    })
}
