//! `fondaco admin audit`: who did what, and why.

use fondaco_store::Store;
use fondaco_wire::journal_v1::Audited;

use super::output::{Format, print, short};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The newest so many events
    #[arg(long, default_value_t = 1000)]
    limit: u32,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let events: Vec<Audited> = store.audit(args.limit).await?.iter().map(Audited::from).collect();
    print(args.format, &events, |event| {
        let why = if event.reason.is_empty() {
            String::new()
        } else {
            format!(": {}", fondaco_verdict::printable(&event.reason))
        };
        format!(
            "{}  {}  {:15}  {}  {}{why}",
            short(&event.at),
            event.actor,
            event.action,
            event.subject,
            event.detail
        )
    })
}
