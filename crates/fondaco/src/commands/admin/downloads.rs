//! `fondaco admin downloads`: who was served what.

use anyhow::Context;
use fondaco_pydist::Sha256;
use fondaco_store::Store;
use fondaco_wire::journal_v1::Download;

use super::output::{Format, print, short};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Only of this content
    #[arg(long)]
    sha256: Option<String>,
    /// The newest so many
    #[arg(long, default_value_t = 1000)]
    limit: u32,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let sha256: Option<Sha256> =
        args.sha256.as_deref().map(str::parse).transpose().context("hint: 64 hex digits")?;
    let downloads: Vec<Download> =
        store.downloads(sha256, args.limit).await?.iter().map(Download::from).collect();
    print(args.format, &downloads, |d| {
        format!("{}  {:15}  {}  {}", short(&d.at), d.client, d.file_name, d.user_agent)
    })
}
