//! `fondaco admin role`: an owner for a project that nobody holds, or whose owners are gone.

use fondaco_model::UserName;
use fondaco_pydist::ProjectName;
use fondaco_server::roles;
use fondaco_store::Store;

use super::target;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make somebody an owner of a project of our own
    Give(Give),
}

#[derive(clap::Args)]
struct Give {
    /// The project
    project: ProjectName,
    /// The user, by name
    user: UserName,
    /// Why; the next person reads it
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let Command::Give(Give { project, user, reason }) = &args.command;
    roles::give_owner(store, project, user, &target::act(reason)).await?;
    println!("{user} is an owner of {project}");
    Ok(())
}
