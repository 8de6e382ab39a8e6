//! `fondaco admin token hold`: says who holds a token.

use fondaco_server::tokens;
use fondaco_store::Store;

use super::super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The token's id, as `fondaco admin token list` shows it
    id: String,
    /// Who: user:NAME for somebody with an account, or a name, e.g. "Scanner Inc."
    #[arg(long)]
    holder: String,
    /// Why; the next person reads it
    #[arg(long)]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let holder = tokens::set_holder(store, &args.id, &args.holder, &act(&args.reason)).await?;
    println!("token {} is held by {holder}", args.id);
    Ok(())
}
