//! `fondaco admin ban`: addresses that get no answer, whatever they send along.

mod add;
mod lift;
mod list;

use anyhow::Context;
use fondaco_model::IpNet;
use fondaco_store::Store;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Ban addresses
    Add(add::Args),
    /// Lift a ban
    Lift(lift::Args),
    /// List the bans in force
    List(list::Args),
}

impl Args {
    pub(super) fn changes_something(&self) -> bool {
        !matches!(self.command, Command::List(_))
    }
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    match &args.command {
        Command::Add(args) => add::run(store, args).await,
        Command::Lift(args) => lift::run(store, args).await,
        Command::List(args) => list::run(store, args).await,
    }
}

fn network(text: &str) -> anyhow::Result<IpNet> {
    fondaco_server::bans::network(text)
        .with_context(|| format!("{text:?} is no network\nhint: e.g. 192.0.2.7 or 192.0.2.0/24"))
}
