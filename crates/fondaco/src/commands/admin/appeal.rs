//! `fondaco admin appeal`: owners who say that something was frozen wrongly, and uploaders
//! that their upload is held or was blocked wrongly.

mod decide;
mod list;

use fondaco_store::Store;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List appeals, newest first
    List(list::Args),
    /// Grant an appeal, which frees what the act had frozen or allows the upload, or refuse it
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
        Command::Decide(args) => decide::run(store, args).await,
    }
}
