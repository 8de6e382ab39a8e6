use anyhow::ensure;
use fondaco_model::rfc3339;
use fondaco_server::factors;
use fondaco_store::Store;

use super::{Named, base};
use crate::config::Config;
use crate::span;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    named: Named,
    /// How long its owner can object, at least what is configured [default: [factors] recovery_wait, 3d]
    #[arg(long, value_name = "AGE")]
    wait: Option<String>,
    /// Call off the reset that waits
    #[arg(long, conflicts_with = "wait")]
    cancel: bool,
}

pub(super) async fn run(store: &Store, config: &Config, args: &Args) -> anyhow::Result<()> {
    let (name, act) = (&args.named.name, args.named.act()?);
    if args.cancel {
        factors::cancel_recovery(store, name, &act).await?;
        println!("the reset of the factors of {name} is called off");
        return Ok(());
    }
    let least = config.factors.recovery_wait()?;
    let wait = args.wait.as_deref().map(span::age).transpose()?.unwrap_or(least);
    ensure!(wait >= least, "the configuration makes resets wait for longer ([factors] recovery_wait)");
    let recovery = factors::recover(store, (name, wait), &base(config), &act).await?;
    println!("the factors of {name} can be reset from {} on; a mail says so", rfc3339(recovery.due_at));
    Ok(())
}
