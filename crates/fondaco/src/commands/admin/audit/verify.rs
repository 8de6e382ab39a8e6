//! `fondaco admin audit verify`: whether the log is whole.

use fondaco_model::AuditHead;
use fondaco_store::Store;

use crate::exit::Exit;

#[derive(clap::Args)]
pub(super) struct Args {
    /// A head that `fondaco admin audit head` has printed earlier: whoever can write to the database could
    /// have written the whole chain anew, and only what is kept elsewhere shows that
    #[arg(long, value_name = "HEAD")]
    against: Option<AuditHead>,
}

/// Exit code 1 where something is wrong.
pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<Exit> {
    let found = store.check_audit(args.against).await?;
    for one in &found {
        println!("{one}");
    }
    if found.is_empty() {
        println!("whole: {}", store.audit_head().await?);
        return Ok(Exit::Clean);
    }
    Ok(Exit::Findings)
}
