//! `fondaco campaign merge`: two campaigns become one, and stay so.

use fondaco_campaign::CampaignId;
use fondaco_server::campaigns;
use fondaco_store::Store;

use crate::commands::admin::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The campaign that goes on
    #[arg(value_parser = super::id)]
    id: CampaignId,
    /// The one that becomes a part of it
    #[arg(value_parser = super::id)]
    from: CampaignId,
    /// Why; the next person reads it
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    campaigns::merge(store, args.id, args.from, &act(&args.reason)).await?;
    println!("{} is a part of {}", args.from, args.id);
    Ok(())
}
