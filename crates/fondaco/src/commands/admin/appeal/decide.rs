//! `fondaco admin appeal decide`: an appeal is granted or refused.

use fondaco_server::appeals;
use fondaco_store::Store;

use super::super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Its id
    id: String,
    /// What is decided
    #[arg(value_enum)]
    decision: Decision,
    /// Why; the owner reads it
    #[arg(long)]
    note: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Decision {
    /// What the act had frozen is free again
    Grant,
    /// It stays as it is
    Refuse,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let granted = args.decision == Decision::Grant;
    let (appeal, freed) = appeals::decide(store, &args.id, granted, &act(&args.note)).await?;
    println!("appeal {}: {}", appeal.id, if granted { "granted" } else { "refused" });
    for one in freed {
        let (kind, subject, file_name) = one.told();
        println!("  free: {kind} {subject}{file_name}");
    }
    Ok(())
}
