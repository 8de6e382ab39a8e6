//! `fondaco campaign`: artifacts that belong together, and what an analyst decides about them. Each
//! decision is audited and kept; a running server sees it at once.

mod close;
mod list;
mod merge;
pub(super) mod report;
mod show;
mod split;

use std::path::PathBuf;

use anyhow::Context;
use fondaco_campaign::CampaignId;

use crate::config;
use crate::exit::Exit;
use crate::storage::Storage;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    storage: Storage,
    /// Configuration file [default: fondaco.toml in the data folder]
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the campaigns, the one that changed last first
    List(list::Args),
    /// Show one with its members, and what they have in common
    Show(show::Args),
    /// Write one down for others: Markdown, CSV of indicators, OSV records, STIX 2.1
    Report(report::Args),
    /// Make two campaigns one, and keep them so
    Merge(merge::Args),
    /// Make some projects of a campaign one of their own, and keep it apart
    Split(split::Args),
    /// Close one, dismiss it as none, or open it again
    Close(close::Args),
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    runtime.block_on(fondaco_store::on_behalf_of("host".to_owned(), async {
        let config = config::read(args.config.as_deref(), &args.storage.data.path())?;
        let store = args.storage.existing_store(&config).await?;
        match &args.command {
            Command::List(args) => list::run(&store, args).await?,
            Command::Show(args) => show::run(&store, args).await?,
            Command::Report(args) => report::run(&store, args).await?,
            Command::Merge(args) => merge::run(&store, args).await?,
            Command::Split(args) => split::run(&store, args).await?,
            Command::Close(args) => close::run(&store, args).await?,
        }
        store.close().await;
        if matches!(args.command, Command::Merge(_) | Command::Split(_) | Command::Close(_)) {
            // When this returns, a running server has seen it.
            tokio::time::sleep(fondaco_store::SEEN_WITHIN).await;
        }
        Ok(Exit::Clean)
    }))
}

/// The id of a campaign as it was written.
fn id(text: &str) -> Result<CampaignId, String> {
    text.parse().map_err(|error| format!("{error}"))
}
