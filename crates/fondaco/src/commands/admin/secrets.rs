//! `fondaco admin secrets`: the keys that seal secrets in the database.

use std::path::Path;

use anyhow::Context;
use fondaco_server::secrets;
use fondaco_store::Store;

use super::target;
use crate::config::Config;
use crate::exit::Exit;
use crate::key_file::{self, Stands};
use crate::storage::Storage;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Add a new key to the key file; it seals from the next start of the server on
    NewKey(NewKey),
    /// Say which keys are in the file, and which the database needs
    Keys,
    /// Forget what is sealed with a key that is lost: authenticator apps, tokens and passwords of people
    Forget(Forget),
}

#[derive(clap::Args)]
struct NewKey {
    /// Below the others, so that it only opens: first on each of several servers
    #[arg(long)]
    last: bool,
}

#[derive(clap::Args)]
struct Forget {
    /// Why; the next person reads it
    #[arg(long)]
    reason: String,
}

impl Args {
    pub(super) fn changes_something(&self) -> bool {
        matches!(self.command, Command::Forget(_))
    }
}

/// What needs no database: a new index has none yet.
pub(super) fn without_store(storage: &Storage, config: &Config, args: &Args) -> anyhow::Result<Option<Exit>> {
    let Command::NewKey(NewKey { last }) = &args.command else { return Ok(None) };
    let path = key_file::place(config, &storage.data.make()?);
    let keys = key_file::add_key(&path, if *last { Stands::Last } else { Stands::First })?;
    println!("{} has {} now; {} seals", path.display(), counted(keys.ids().count()), keys.sealing());
    Ok(Some(Exit::Clean))
}

pub(super) async fn run(store: &Store, path: &Path, args: &Args) -> anyhow::Result<()> {
    let keys = key_file::read(path)?;
    match &args.command {
        Command::NewKey(_) => {}
        Command::Keys => {
            let in_use = store.keys_in_use().await?;
            for id in keys.iter().flat_map(|keys| keys.ids()) {
                let seals = keys.as_ref().is_some_and(|keys| keys.sealing() == id);
                let use_of = if in_use.contains(id) { ", in use" } else { "" };
                println!("{id}  {}{use_of}", if seals { "seals and opens" } else { "opens" });
            }
            for id in
                in_use.iter().filter(|id| !keys.iter().any(|keys| keys.ids().any(|own| own == id.as_str())))
            {
                println!("{id}  in use, and not in {}", path.display());
            }
        }
        Command::Forget(Forget { reason }) => {
            let keys = keys.with_context(|| {
                format!(
                    "there is no key file {}\nhint: `fondaco admin secrets new-key` makes the one that seals \
                     from now on",
                    path.display()
                )
            })?;
            let forgotten = secrets::forget(store, &keys, &target::act(reason)).await?;
            println!("forgotten: {forgotten}");
        }
    }
    Ok(())
}

fn counted(keys: usize) -> String {
    if keys == 1 { "1 key".to_owned() } else { format!("{keys} keys") }
}
