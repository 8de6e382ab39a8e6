use fondaco_model::{EmailAddress, StaffRole, UserName};
use fondaco_server::accounts::{self, NewPerson};
use fondaco_store::Store;

use crate::commands::admin::target::act;
use crate::config::Config;

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
    let new = NewPerson { name: args.name.clone(), email: args.email.clone(), role: args.role };
    let (_, link) = accounts::add(store, new, &super::base(config), &act("")).await?;
    println!("{link}");
    eprintln!(
        "This link sets the password of {}, once and within three days. It is not shown again.",
        args.name
    );
    Ok(())
}
