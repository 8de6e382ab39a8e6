//! `fondaco admin observer`: whose reports are trusted.

use fondaco_server::observations;
use fondaco_store::Store;

use super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Trust an account: token:ID or user:ID
    Trust(Whom),
    /// Trust it no more
    Distrust(Whom),
    /// List whom is trusted
    List,
}

#[derive(clap::Args)]
struct Whom {
    /// The account, as the audit log names it: token:ID or user:ID
    account: String,
    /// Why; the next person reads it
    #[arg(long)]
    reason: String,
}

impl Args {
    pub(super) fn changes_something(&self) -> bool {
        !matches!(self.command, Command::List)
    }
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    match &args.command {
        Command::Trust(whom) => {
            observations::set_trust(store, &whom.account, true, &act(&whom.reason)).await?;
            warn_of_nobody(store, &whom.account).await?;
        }
        Command::Distrust(whom) => {
            observations::set_trust(store, &whom.account, false, &act(&whom.reason)).await?;
        }
        Command::List => {
            for one in store.trusted_observers().await? {
                println!("{}  {}: {}", one.account, one.made_by, fondaco_verdict::printable(&one.reason));
            }
        }
    }
    Ok(())
}

/// Says so where the account is a token of which nobody has said who holds it.
async fn warn_of_nobody(store: &Store, account: &str) -> anyhow::Result<()> {
    let Some(id) = account.strip_prefix("token:") else { return Ok(()) };
    let tokens = store.tokens().await?;
    if tokens.iter().any(|token| token.id == id && token.holder.is_none()) {
        eprintln!(
            "nobody has said who holds this token, so it counts as no other person than the other observers; \
             say it by: fondaco admin token hold {id} --holder WHO --reason WHY"
        );
    }
    Ok(())
}
