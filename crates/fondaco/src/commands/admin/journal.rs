//! `fondaco admin journal`: everything that changed on the index, in order.

use fondaco_store::Store;
use fondaco_wire::journal_v1::Entry;

use super::output::{Format, print, short};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Only what came after this serial
    #[arg(long, default_value_t = 0)]
    since: u64,
    /// At most so many entries
    #[arg(long, default_value_t = 100_000)]
    limit: u32,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let entries: Vec<Entry> =
        store.journal_since(args.since, args.limit).await?.iter().map(Entry::from).collect();
    print(args.format, &entries, |entry| {
        let what = entry.file_name.as_deref().or(entry.project.as_deref()).unwrap_or("-");
        format!("{:>7}  {}  {:17}  {what}  {}", entry.serial, short(&entry.at), entry.kind, entry.detail)
    })
}
