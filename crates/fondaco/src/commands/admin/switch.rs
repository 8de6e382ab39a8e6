//! `fondaco admin switch`: what is switched off for a time, to stop a wave.

mod list;
mod off;
mod on;

use fondaco_model::SwitchKind;
use fondaco_store::Store;

use crate::config::Trusted;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Set a switch, in the place of what it was; works in every state of the index
    On(on::Args),
    /// Lift a switch
    Off(off::Args),
    /// List what is set
    List(list::Args),
}

impl Args {
    pub(super) fn changes_something(&self) -> bool {
        !matches!(self.command, Command::List(_))
    }
}

pub(super) async fn run(store: &Store, trusted: &[Trusted], args: &Args) -> anyhow::Result<()> {
    match &args.command {
        Command::On(args) => on::run(store, trusted, args).await,
        Command::Off(args) => off::run(store, args).await,
        Command::List(args) => list::run(store, args).await,
    }
}

pub(super) fn kind(id: &str) -> Result<SwitchKind, String> {
    let known = || SwitchKind::ALL.into_iter().map(SwitchKind::id).collect::<Vec<_>>().join(", ");
    SwitchKind::from_id(id).ok_or_else(|| format!("there are {}", known()))
}
