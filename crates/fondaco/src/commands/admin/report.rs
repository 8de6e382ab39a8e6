//! `fondaco admin report`: what people and scanners report, and what a reviewer makes of it.

mod decide;
mod list;
mod show;

use fondaco_store::Store;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List reports, newest first
    List(list::Args),
    /// Print one report
    Show(show::Args),
    /// Give a report its outcome, and do what follows from it
    Decide(decide::Args),
}

impl Args {
    pub(super) fn changes_something(&self) -> bool {
        matches!(self.command, Command::Decide(_))
    }
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    match &args.command {
        Command::List(args) => list::run(store, args).await,
        Command::Show(args) => show::run(store, args).await,
        Command::Decide(args) => decide::run(store, args).await,
    }
}
