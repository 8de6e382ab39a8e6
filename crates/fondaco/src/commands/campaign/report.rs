//! `fondaco campaign report`: a campaign for others, on standard output.

use anyhow::Context;
use fondaco_campaign::CampaignId;
use fondaco_model::{CampaignRecord, Fingerprint};
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
pub(in crate::commands) enum Format {
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
    let incident = incident(store, campaign).await?;
    print!("{}", indicators(&[incident], args.format)?);
    Ok(())
}

/// A campaign with what is known of its members.
pub(in crate::commands) async fn incident(
    store: &Store,
    campaign: CampaignRecord,
) -> anyhow::Result<Incident> {
    let mut members = Vec::new();
    for file in store.campaign_members(campaign.id).await? {
        members.push(member(store, file).await?);
    }
    Ok(Incident { campaign: Some(campaign), members })
}

/// A file with the newest report on it, where one is kept.
pub(in crate::commands) async fn member(store: &Store, file: Fingerprint) -> anyhow::Result<Member> {
    let evidence = store.newest_evidence(file.sha256).await?;
    let report = evidence.and_then(|evidence| serde_json::from_str(&evidence.report).ok());
    Ok(Member { file, report })
}

/// Incidents in one of the forms.
pub(in crate::commands) fn indicators(incidents: &[Incident], format: Format) -> anyhow::Result<String> {
    Ok(match format {
        Format::Markdown => incidents.iter().map(markdown::text).collect::<Vec<_>>().join("\n"),
        Format::Csv => csv::text(incidents),
        Format::Osv => serde_json::to_string_pretty(&osv::records(incidents))? + "\n",
        Format::Stix => serde_json::to_string_pretty(&stix::bundle(incidents))? + "\n",
    })
}
