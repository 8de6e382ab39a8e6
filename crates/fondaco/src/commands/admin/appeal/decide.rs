//! `fondaco admin appeal decide`: an appeal is granted or refused.

use fondaco_model::Against;
use fondaco_server::appeals::{self, Settled};
use fondaco_store::Store;

use super::super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Its id
    id: String,
    /// What is decided
    #[arg(value_enum)]
    decision: Decision,
    /// Why; whoever appealed reads it
    #[arg(long)]
    note: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Decision {
    /// What the act had frozen is free again, or the content of the upload allowed
    Grant,
    /// It stays as it is
    Refuse,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let granted = args.decision == Decision::Grant;
    let Settled { appeal, freed, ruling } =
        appeals::decide(store, &args.id, granted, &act(&args.note)).await?;
    println!("appeal {}: {}", appeal.id, if granted { "granted" } else { "refused" });
    for one in freed {
        let (kind, subject, file_name) = one.told();
        println!("  free: {kind} {subject}{file_name}");
    }
    if let (Some(ruling), Against::Upload(upload)) = (ruling, &appeal.against) {
        println!("  ruling {ruling}: {} is allowed, {}", upload.file_name, upload.sha256);
    }
    Ok(())
}
