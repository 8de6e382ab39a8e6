//! `fondaco admin audit export`: events for other programs, one JSON object a line.

use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use fondaco_model::Timestamp;
use fondaco_store::{AuditWanted, Store};
use fondaco_wire::journal_v1::Audited;

/// Events that are read at a time.
const BATCH: u32 = 1000;
/// How often new ones are looked for.
const LOOK: Duration = Duration::from_millis(200);

#[derive(clap::Args)]
pub(super) struct Args {
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Only those from this RFC 3339 instant on
    #[arg(long, value_name = "INSTANT")]
    since: Option<Timestamp>,
    /// Only those after this place
    #[arg(long, value_name = "PLACE", default_value_t = 0)]
    after: u64,
    /// Go on with what happens from now on, until it is stopped
    #[arg(long)]
    follow: bool,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum Format {
    /// One JSON object a line
    #[default]
    Jsonl,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let Format::Jsonl = args.format;
    let since = args.since.unwrap_or(Timestamp::MIN);
    let mut wanted = AuditWanted { after: args.after, since, limit: BATCH };
    loop {
        let records = store.audit_since(wanted).await?;
        let mut out = std::io::stdout().lock();
        for record in &records {
            writeln!(out, "{}", serde_json::to_string(&Audited::from(record))?)
                .context("nobody reads this")?;
            wanted.after = record.place;
        }
        out.flush()?;
        drop(out);
        if records.is_empty() {
            if !args.follow {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}
