//! `fondaco admin token`: tokens for uploads.

mod create;
mod hold;
mod list;
mod revoke;

use fondaco_model::Deed;
use fondaco_store::Store;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make one; it is printed once
    Create(create::Args),
    /// List them, without their secrets
    List(list::Args),
    /// Say who holds one
    Hold(hold::Args),
    /// Revoke one
    Revoke(revoke::Args),
}

impl Args {
    pub(super) fn changes_something(&self) -> bool {
        !matches!(self.command, Command::List(_))
    }

    /// Whether it makes a token that uploads or manages.
    pub(super) fn acts(&self) -> bool {
        matches!(&self.command, Command::Create(order) if order.acts())
    }

    /// Taking a token back keeps the index safe.
    pub(super) fn deed(&self) -> Deed<'static> {
        if matches!(self.command, Command::Revoke(_)) { Deed::Safety } else { Deed::Management }
    }
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    match &args.command {
        Command::Create(args) => create::run(store, args).await,
        Command::Hold(args) => hold::run(store, args).await,
        Command::List(args) => list::run(store, args).await,
        Command::Revoke(args) => revoke::run(store, args).await,
    }
}
