//! `fondaco names`: the list of popular names.

mod update;

use crate::data_folder::DataFolder;
use crate::exit::Exit;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataFolder,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Refresh the list of popular names in the data folder, from a file or an address
    Update(update::Args),
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let Command::Update(update) = &args.command;
    update::run(&args.data, update)
}
