use fondaco_model::{EmailAddress, StaffRole, UserName};
use fondaco_server::accounts::{self, NewPerson};
use fondaco_store::Store;

use crate::commands::admin::target::act;
use crate::config::Config;

/// Where the index is reached if nothing is configured.
const HERE: &str = "http://localhost:8080";

#[derive(clap::Args)]
pub(super) struct Args {
    /// Its name
    #[arg(value_name = "NAME")]
    name: UserName,
    /// Its owner's address; you vouch for it
    #[arg(long)]
    email: EmailAddress,
    /// What its owner does for the index: admin, reviewer or observer
    #[arg(long, value_parser = super::role)]
    role: Option<StaffRole>,
}

pub(super) async fn run(store: &Store, config: &Config, args: &Args) -> anyhow::Result<()> {
    let listen = config.server.listen.as_ref().map(|listen| format!("http://{listen}"));
    let base = config.server.public_url.clone().or(listen).unwrap_or_else(|| HERE.to_owned());
    let new = NewPerson { name: args.name.clone(), email: args.email.clone(), role: args.role };
    let (_, link) = accounts::add(store, new, base.trim_end_matches('/'), &act("")).await?;
    println!("{link}");
    eprintln!(
        "This link sets the password of {}, once and within three days. It is not shown again.",
        args.name
    );
    Ok(())
}
