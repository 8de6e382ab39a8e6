//! `fondaco watch report`: everything bad that was found since a day, for others.

use anyhow::Context;
use fondaco_model::Timestamp;
use fondaco_wire::incident::Incident;

use super::stats::{first_day, text};
use crate::commands::campaign::report::{Format, incident, indicators, member};
use crate::config;
use crate::exit::Exit;
use crate::span;

/// Campaigns and single files that are reported.
const MOST: u32 = 10_000;

#[derive(clap::Args)]
pub(super) struct Args {
    /// In which form
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Since which day, e.g. 2026-01-31, or an age, e.g. 7d
    #[arg(long, default_value = "30d")]
    since: String,
}

pub(super) fn run(watch: &super::Args, args: &Args) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    runtime.block_on(async {
        let config = config::read(watch.config.as_deref(), &watch.storage.data.path())?;
        let store = watch.storage.existing_store(&config).await?;
        let day = first_day(&args.since)?;
        let since: Timestamp = span::end(&day, super::run::now())?;
        let mut incidents = Vec::new();
        for campaign in store.campaigns(MOST).await?.into_iter().filter(|one| one.record.changed_at >= since)
        {
            incidents.push(incident(&store, campaign.record).await?);
        }
        for file in store.malicious_alone(since, MOST).await? {
            incidents.push(Incident { campaign: None, members: vec![member(&store, file).await?] });
        }
        if args.format == Format::Markdown {
            let days = fondaco_watch::days(&store, &day).await?;
            println!("# What was watched since {day}\n\n{}", text(&days));
        }
        print!("{}", indicators(&incidents, args.format)?);
        store.close().await;
        Ok(Exit::Clean)
    })
}
