//! `fondaco campaign list`: what was found.

use fondaco_store::Store;
use fondaco_wire::campaign_v1::Summary;

use crate::commands::admin::output::{Format, print, short};

/// Campaigns that are listed.
const MOST: u32 = 10_000;

#[derive(clap::Args)]
pub(super) struct Args {
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let all: Vec<Summary> = store.campaigns(MOST).await?.iter().map(Summary::from).collect();
    print(args.format, &all, |one| {
        format!(
            "{}  {:9}  {:4} projects  {:5} files  opened {}  last {}{}",
            one.id,
            one.state,
            one.projects,
            one.members,
            short(&one.opened_at),
            short(&one.changed_at),
            if one.has_core { "" } else { "  names only: nothing is held" }
        )
    })
}
