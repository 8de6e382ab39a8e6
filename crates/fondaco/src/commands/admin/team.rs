//! `fondaco admin team`: which tokens belong to which team, for reading.

mod add;
mod list;
mod remove;

use fondaco_model::{Deed, TeamName};
use fondaco_store::Store;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

/// A token and a team.
#[derive(clap::Args)]
struct Membership {
    /// The team, as `reading` in the configuration names it
    team: TeamName,
    /// The token's id, as `fondaco admin token list` shows it
    token: String,
    /// Why
    #[arg(long, default_value = "")]
    reason: String,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Put a token into a team; the first one makes the team
    Add(Membership),
    /// Take a token out of a team
    Remove(Membership),
    /// List the teams and their tokens
    List(list::Args),
}

impl Args {
    pub(super) fn changes_something(&self) -> bool {
        !matches!(self.command, Command::List(_))
    }

    /// Taking a token out of a team keeps the index safe.
    pub(super) fn deed(&self) -> Deed<'static> {
        if matches!(self.command, Command::Remove(_)) { Deed::Safety } else { Deed::Management }
    }
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    match &args.command {
        Command::Add(args) => add::run(store, args).await,
        Command::Remove(args) => remove::run(store, args).await,
        Command::List(args) => list::run(store, args).await,
    }
}
