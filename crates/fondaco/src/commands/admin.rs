//! `fondaco admin`: the operator's acts on the host. Each is audited; a running server sees them at
//! once.

mod audit;
mod decisions;
mod downloads;
mod journal;
mod osv_import;
mod output;
mod rule;
mod who_fetched;
mod withdraw;

use anyhow::Context;
use fondaco_verdict::Decision;

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
    /// Serve a content whatever its verdict
    Allow(rule::Args),
    /// Hold a content whatever its verdict
    Hold(rule::Args),
    /// Take a ruling back
    Withdraw(withdraw::Args),
    /// List the rulings
    Decisions(decisions::Args),
    /// Import known malware and vulnerabilities from OSV records; known malware is blocked
    OsvImport(osv_import::Args),
    /// Print the journal: everything that changed on the index
    Journal(journal::Args),
    /// Print the audit log: who did what and why
    Audit(audit::Args),
    /// Print who was served what
    Downloads(downloads::Args),
    /// Print which clients were served a release or a content: whom to warn
    WhoFetched(who_fetched::Args),
}

impl Command {
    fn changes_something(&self) -> bool {
        matches!(self, Self::Allow(_) | Self::Hold(_) | Self::Withdraw(_) | Self::OsvImport(_))
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    runtime.block_on(async {
        let store = args.data.existing_store().await?;
        match &args.command {
            Command::Allow(args) => rule::run(&store, args, Decision::Allow).await?,
            Command::Hold(args) => rule::run(&store, args, Decision::Hold).await?,
            Command::Withdraw(args) => withdraw::run(&store, args).await?,
            Command::Decisions(args) => decisions::run(&store, args).await?,
            Command::OsvImport(args) => osv_import::run(&store, args).await?,
            Command::Journal(args) => journal::run(&store, args).await?,
            Command::Audit(args) => audit::run(&store, args).await?,
            Command::Downloads(args) => downloads::run(&store, args).await?,
            Command::WhoFetched(args) => who_fetched::run(&store, args).await?,
        }
        store.close().await;
        if args.command.changes_something() {
            // When this returns, a running server has seen it.
            tokio::time::sleep(fondaco_store::SEEN_WITHIN).await;
        }
        Ok(Exit::Clean)
    })
}

/// Who acts: the user of this host, as far as the environment says.
fn actor() -> String {
    let name = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned());
    format!("operator:{}", fondaco_verdict::printable(&name))
}
