//! `fondaco admin report list`: reports, newest first.

use fondaco_store::{ObservationsWanted, Store};
use fondaco_verdict::printable;
use fondaco_wire::observation_v1::Observation;

use super::super::output::{Format, print, short};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Also those that are decided
    #[arg(long)]
    all: bool,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let wanted = ObservationsWanted { open: !args.all, ..ObservationsWanted::default() };
    let all: Vec<Observation> =
        store.observations(wanted).await?.iter().map(Observation::for_staff).collect();
    print(args.format, &all, line)
}

/// A report in one line.
pub(super) fn line(one: &Observation) -> String {
    let part = one.file_name.as_ref().or(one.release.as_ref());
    let part = part.map(|part| format!(" {part}")).unwrap_or_default();
    format!(
        "{}  {}  {:23}  {:12}  {}{part}  {}: {}",
        one.id,
        short(&one.made_at),
        one.kind,
        one.state,
        one.project,
        printable(one.observer.as_deref().unwrap_or_default()),
        printable(&one.summary)
    )
}
