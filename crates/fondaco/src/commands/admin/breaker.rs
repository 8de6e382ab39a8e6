//! `fondaco admin breaker`: what it counts and holds, and what operators do about it.

mod pin;
mod reset;
mod state;
mod unblock;
mod unpin;

use fondaco_store::Store;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Print what is counted, what is expected and what is held
    State(state::Args),
    /// Take a measure back before its time, and forget what led to it
    Reset(reset::Args),
    /// Have a measure left as it is: neither set nor prolonged
    Pin(pin::Args),
    /// Take a pin out
    Unpin(unpin::Args),
    /// Take the block of a key back
    Unblock(unblock::Args),
}

impl Args {
    pub(super) fn changes_something(&self) -> bool {
        !matches!(self.command, Command::State(_))
    }
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    match &args.command {
        Command::State(args) => state::run(store, args).await,
        Command::Reset(args) => reset::run(store, args).await,
        Command::Pin(args) => pin::run(store, args).await,
        Command::Unpin(args) => unpin::run(store, args).await,
        Command::Unblock(args) => unblock::run(store, args).await,
    }
}
