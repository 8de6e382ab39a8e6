//! `fondaco admin audit`: who did what, and why; whether the log is whole, and out of it.

mod export;
mod head;
mod verify;

use fondaco_store::Store;
use fondaco_wire::journal_v1::Audited;

use super::output::{Format, print, short};
use crate::exit::Exit;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The newest so many events
    #[arg(long, default_value_t = 1000)]
    limit: u32,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Print where the log ends: kept elsewhere, it shows later that nothing before it was changed
    Head,
    /// Check that no event was changed, removed, put in or put elsewhere
    Verify(verify::Args),
    /// Print events for other programs, in their order
    Export(export::Args),
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<Exit> {
    match &args.command {
        None => list(store, args).await?,
        Some(Command::Head) => head::run(store).await?,
        Some(Command::Verify(args)) => return verify::run(store, args).await,
        Some(Command::Export(args)) => export::run(store, args).await?,
    }
    Ok(Exit::Clean)
}

async fn list(store: &Store, args: &Args) -> anyhow::Result<()> {
    let events: Vec<Audited> = store.audit(args.limit).await?.iter().map(Audited::from).collect();
    print(args.format, &events, |event| {
        let why = if event.reason.is_empty() {
            String::new()
        } else {
            format!(": {}", fondaco_verdict::printable(&event.reason))
        };
        let from = if event.from.is_empty() { String::new() } else { format!(" from {}", event.from) };
        format!(
            "{:>6}  {}  {}{from}  {:15}  {}  {}{why}",
            event.place,
            short(&event.at),
            event.actor,
            event.action,
            event.subject,
            event.detail
        )
    })
}
