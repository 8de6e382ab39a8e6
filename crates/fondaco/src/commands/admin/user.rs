//! `fondaco admin user`: accounts, and the first admin.

mod add;
mod freeze;
mod list;
mod recover;
mod remove;
mod role;
mod unfreeze;

use fondaco_model::{Deed, StaffRole, UserName};
use fondaco_server::names::Act;
use fondaco_store::Store;

use super::target::act;
use crate::config::Config;

/// Where the index is reached if nothing is configured.
const HERE: &str = "http://localhost:8080";

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make one; the link by which its owner sets a password is printed once
    Add(add::Args),
    /// List them
    List(list::Args),
    /// Let one do nothing, and end its sessions
    Freeze(Named),
    /// Let a frozen one act again
    Unfreeze(Named),
    /// Delete one; its name stays taken
    Remove(Named),
    /// Reset the second factors of one whose owner lost them, after a time in which they can object
    Recover(recover::Args),
    /// Set what one does for the index: admin, reviewer, observer, none
    Role(role::Args),
}

/// An account, and why something is done to it.
#[derive(clap::Args)]
struct Named {
    /// Its name
    #[arg(value_name = "NAME")]
    name: UserName,
    /// Why; the next person reads it
    #[arg(long)]
    reason: String,
}

impl Named {
    fn act(&self) -> anyhow::Result<Act> {
        anyhow::ensure!(!self.reason.trim().is_empty(), "this needs a reason");
        Ok(act(&self.reason))
    }
}

impl Args {
    pub(super) fn changes_something(&self) -> bool {
        !matches!(self.command, Command::List(_))
    }

    /// Freezing keeps the index safe.
    pub(super) fn deed(&self) -> Deed<'static> {
        match self.command {
            Command::Add(_) => Deed::Registration,
            Command::Freeze(_) | Command::Unfreeze(_) | Command::Recover(_) | Command::Role(_) => {
                Deed::Safety
            }
            Command::List(_) | Command::Remove(_) => Deed::Management,
        }
    }
}

pub(super) async fn run(store: &Store, config: &Config, args: &Args) -> anyhow::Result<()> {
    match &args.command {
        Command::Add(args) => add::run(store, config, args).await,
        Command::List(args) => list::run(store, args).await,
        Command::Freeze(named) => freeze::run(store, named).await,
        Command::Unfreeze(named) => unfreeze::run(store, named).await,
        Command::Remove(named) => remove::run(store, named).await,
        Command::Recover(args) => recover::run(store, config, args).await,
        Command::Role(args) => role::run(store, args).await,
    }
}

/// The address of the index, for links.
fn base(config: &Config) -> String {
    let listen = config.server.listen.as_ref().map(|listen| format!("http://{listen}"));
    let base = config.server.public_url.clone().or(listen).unwrap_or_else(|| HERE.to_owned());
    base.trim_end_matches('/').to_owned()
}

fn role(text: &str) -> Result<StaffRole, String> {
    StaffRole::from_id(text).ok_or_else(|| "there are admin, reviewer and observer".to_owned())
}
