//! `fondaco admin breaker pin`: has a measure left as it is.

use fondaco_model::{Clock, SwitchKind, SystemClock, rfc3339};
use fondaco_server::breaker;
use fondaco_store::Store;

use super::super::switch::kind;
use super::super::target::act;
use crate::span;

#[derive(clap::Args)]
pub(super) struct Args {
    /// no-first-projects, no-new-users or no-fresh-uploads
    #[arg(value_parser = kind)]
    switch: SwitchKind,
    /// Until when: 2d, 12h, 2026-12-31 or an RFC 3339 instant
    #[arg(long)]
    until: String,
    /// Why
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let until = span::end(&args.until, SystemClock.now())?;
    breaker::pin(store, args.switch, Some(until), &act(&args.reason)).await?;
    println!("{} is left as it is until {}", args.switch.id(), rfc3339(until));
    Ok(())
}
