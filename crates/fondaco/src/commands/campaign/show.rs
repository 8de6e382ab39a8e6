//! `fondaco campaign show`: one campaign with its members.

use anyhow::Context;
use fondaco_campaign::CampaignId;
use fondaco_server::campaigns::{state_in_words, ties};
use fondaco_store::Store;
use fondaco_wire::campaign_v1::{Campaign, Member};

use crate::commands::admin::output::{Format, short};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The campaign
    #[arg(value_parser = super::id)]
    id: CampaignId,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let record = store.campaign(args.id).await?.with_context(|| {
        format!("there is no campaign {}\nhint: `fondaco campaign list` shows them", args.id)
    })?;
    let all = store.campaign_members(args.id).await?;
    let members = all.iter().map(|one| Member::new(one, ties(one, &all))).collect();
    let campaign = Campaign::new(&record, members, 0);
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&campaign)?),
        Format::Ndjson => println!("{}", serde_json::to_string(&campaign)?),
        Format::Text => {
            println!("{}  {}", campaign.id, state_in_words(record.state));
            println!("opened {}  last change {}", short(&campaign.opened_at), short(&campaign.changed_at));
            if let Some(into) = &campaign.merged_into {
                println!("merged into {into}");
            }
            for member in &campaign.members {
                println!(
                    "{}  {}  {}{}{}  in common: {}",
                    short(&member.uploaded_at),
                    member.file_name,
                    member.verdict,
                    member.target.as_ref().map(|name| format!("  resembles {name}")).unwrap_or_default(),
                    member.account.as_ref().map(|by| format!("  by {by}")).unwrap_or_default(),
                    member.ties.join(", ")
                );
            }
        }
    }
    Ok(())
}
