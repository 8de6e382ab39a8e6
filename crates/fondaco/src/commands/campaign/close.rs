//! `fondaco campaign close`: an analyst is done with a campaign, or says that it is none.

use fondaco_campaign::{CampaignId, State};
use fondaco_server::campaigns::{set_state, state_in_words};
use fondaco_store::Store;

use crate::commands::admin::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The campaign
    #[arg(value_parser = super::id)]
    id: CampaignId,
    /// It is none: its members are no longer held for it, and new ones don't open it again
    #[arg(long, conflicts_with = "reopen")]
    dismiss: bool,
    /// Open it again instead
    #[arg(long)]
    reopen: bool,
    /// Why; the next person reads it
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let state = match (args.dismiss, args.reopen) {
        (true, _) => State::Dismissed,
        (_, true) => State::Open,
        _ => State::Closed,
    };
    set_state(store, args.id, state, &act(&args.reason)).await?;
    println!("{} is {}", args.id, state_in_words(state));
    Ok(())
}
