//! `fondaco campaign split`: some projects become a campaign of their own, and stay apart.

use std::collections::BTreeSet;

use fondaco_campaign::CampaignId;
use fondaco_pydist::ProjectName;
use fondaco_server::campaigns;
use fondaco_store::Store;

use crate::commands::admin::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The campaign
    #[arg(value_parser = super::id)]
    id: CampaignId,
    /// The projects that don't belong to it
    #[arg(required = true)]
    projects: Vec<ProjectName>,
    /// Why; the next person reads it
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let projects: BTreeSet<ProjectName> = args.projects.iter().cloned().collect();
    let into = campaigns::split(store, args.id, &projects, &act(&args.reason)).await?;
    println!("{into} is apart from {}", args.id);
    Ok(())
}
