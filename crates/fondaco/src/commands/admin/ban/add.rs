//! `fondaco admin ban add`: bans addresses.

use fondaco_model::{Ban, Clock, IpNet, SystemClock};
use fondaco_server::bans;
use fondaco_store::Store;

use crate::span;

#[derive(clap::Args)]
pub(super) struct Args {
    /// An address or a network, e.g. 192.0.2.7 or 2001:db8::/32
    #[arg(value_parser = super::network)]
    network: IpNet,
    /// Why: whoever meets it reads it
    #[arg(long)]
    reason: String,
    /// Until when: 2d, 12h, 2026-12-31 or an RFC 3339 instant [default: until it is lifted]
    #[arg(long)]
    expires: Option<String>,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let ban = Ban {
        network: args.network.trunc(),
        reason: args.reason.clone(),
        made_by: super::super::actor(),
        made_at: now,
        expires_at: args.expires.as_deref().map(|text| span::end(text, now)).transpose()?,
    };
    bans::set(store, &ban).await?;
    println!("{} is banned", ban.network);
    Ok(())
}
