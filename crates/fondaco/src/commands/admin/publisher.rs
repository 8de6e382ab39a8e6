//! `fondaco admin publisher`: trusted publishers.

mod add;
mod list;
mod only;
mod remove;

use fondaco_model::Deed;
use fondaco_store::Store;

use crate::config::Trusted;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Let whoever shows an ID token with these claims publish a project
    Add(add::Args),
    /// List them
    List(list::Args),
    /// Remove one
    Remove(remove::Args),
    /// Let a project take uploads of its trusted publishers alone, or of tokens as well
    Only(only::Args),
}

impl Args {
    pub(super) fn changes_something(&self) -> bool {
        !matches!(self.command, Command::List(_))
    }

    /// Taking one away keeps the index safe.
    pub(super) fn deed(&self) -> Deed<'static> {
        if matches!(self.command, Command::Remove(_)) { Deed::Safety } else { Deed::Management }
    }
}

pub(super) async fn run(store: &Store, trusted: &[Trusted], args: &Args) -> anyhow::Result<()> {
    match &args.command {
        Command::Add(args) => add::run(store, trusted, args).await,
        Command::List(args) => list::run(store, args).await,
        Command::Remove(args) => remove::run(store, args).await,
        Command::Only(args) => only::run(store, args).await,
    }
}
