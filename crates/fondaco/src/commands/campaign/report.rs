//! `fondaco campaign report`: a campaign for others, on standard output.

use anyhow::Context;
use fondaco_campaign::CampaignId;
use fondaco_store::Store;
use fondaco_wire::incident::{Incident, Member, csv, markdown, osv, stix};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The campaign
    #[arg(value_parser = super::id)]
    id: CampaignId,
    /// In which form
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Format {
    /// For people, with a timeline
    #[default]
    Markdown,
    /// Files, names and hosts to look for, a line each
    Csv,
    /// A list of OSV records, one for each malicious file
    Osv,
    /// A STIX 2.1 bundle
    Stix,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let campaign = store.campaign(args.id).await?.with_context(|| {
        format!("there is no campaign {}\nhint: `fondaco campaign list` shows them", args.id)
    })?;
    let mut members = Vec::new();
    for file in store.campaign_members(args.id).await? {
        let evidence = store.newest_evidence(file.sha256).await?;
        let report = evidence.and_then(|evidence| serde_json::from_str(&evidence.report).ok());
        members.push(Member { file, report });
    }
    let incident = Incident { campaign, members };
    match args.format {
        Format::Markdown => print!("{}", markdown::text(&incident)),
        Format::Csv => print!("{}", csv::text(&incident)),
        Format::Osv => println!("{}", serde_json::to_string_pretty(&osv::records(&incident))?),
        Format::Stix => println!("{}", serde_json::to_string_pretty(&stix::bundle(&incident))?),
    }
    Ok(())
}
