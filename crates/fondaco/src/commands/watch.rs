//! `fondaco watch FEED`: follows a feed of releases, inspects what is new, and tells what it finds. What it
//! knows is in its data folder, where `fondaco campaign` and `fondaco watch report` find it.

mod report;
mod run;
mod stats;

use std::path::PathBuf;
use std::time::Duration;

use crate::exit::Exit;
use crate::span;
use crate::storage::Storage;

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    /// An index's RSS (.../rss/updates.xml, .../rss/packages.xml), its XML-RPC (.../pypi), another Fondaco's
    /// journal (.../api/v1/changes), or a folder of archives
    #[arg(required = true)]
    feed: Option<String>,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    storage: Storage,
    /// A fondaco.toml, of which the database, the sandbox, the YARA rules and `[upstream] allow_hosts` count
    #[arg(long, value_name = "FILE", env = "FONDACO_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// How a feed is followed.
#[derive(clap::Args)]
struct How {
    /// The Simple API of the index that the feed is of [default: beside the feed]
    #[arg(long, value_name = "URL")]
    index: Option<String>,
    /// Time between two readings of the feed, e.g. 60s or 5m
    #[arg(long, default_value = "60s", value_parser = seconds)]
    every: Duration,
    /// Least time between two requests, e.g. 500ms or 2s; there is never more than one at a time
    #[arg(long, default_value = "1s", value_parser = seconds)]
    gap: Duration,
    /// Read the feed once, inspect what is due, and end: 1 where something is bad, 2 where something is put off or
    /// failed, which the next run tries again
    #[arg(long)]
    once: bool,
    /// Where a feed with serials is begun: after this serial [default: with what comes from now on]
    #[arg(long, value_name = "SERIAL")]
    from: Option<u64>,
    /// Largest file that is fetched, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 256)]
    max_file: u64,
    /// Suspicious files that are kept, in MiB; the oldest go first
    #[arg(long, value_name = "MIB", default_value_t = 2048)]
    keep: u64,
    /// Where alerts are written, a line of JSON each [default: alerts.jsonl in the data folder]
    #[arg(long, value_name = "FILE")]
    alerts: Option<PathBuf>,
    /// Who gets a mail for each alert about an attack, sent as `[mail]` in the configuration says; at most twenty an
    /// hour; may be given more than once
    #[arg(long, value_name = "ADDRESS")]
    mail: Vec<String>,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Write down what was found for others: Markdown, CSV of indicators, OSV records, STIX 2.1
    Report(report::Args),
    /// Count by day what releases did
    Stats(stats::Args),
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    match (&args.command, &args.feed) {
        (Some(Command::Report(command)), _) => report::run(args, command),
        (Some(Command::Stats(command)), _) => stats::run(args, command),
        (None, Some(feed)) => run::run(args, feed),
        (None, None) => anyhow::bail!("there is no feed to watch"),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    span::age(text).map_err(|error| format!("{error:#}"))
}
