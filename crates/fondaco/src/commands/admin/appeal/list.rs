//! `fondaco admin appeal list`: appeals, newest first.

use fondaco_store::Store;
use fondaco_verdict::printable;
use fondaco_wire::observation_v1::Appeal;

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
    let all: Vec<Appeal> = store.appeals(None, !args.all).await?.iter().map(Appeal::from).collect();
    print(args.format, &all, |one| {
        let against = match (&one.act, &one.upload) {
            (_, Some(upload)) => format!("the upload {} ({})", printable(&upload.file_name), upload.sha256),
            (act, None) => format!("act {}", act.as_deref().unwrap_or_default()),
        };
        format!(
            "{}  {}  {:7}  {}  against {against}  {}: {}",
            one.id,
            short(&one.made_at),
            one.state,
            one.project,
            printable(&one.made_by),
            printable(&one.text)
        )
    })
}
