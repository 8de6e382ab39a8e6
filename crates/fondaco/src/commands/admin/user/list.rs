use fondaco_store::Store;
use fondaco_wire::account_v1::User;

use crate::commands::admin::output::{Format, print, short};

#[derive(clap::Args)]
pub(super) struct Args {
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let users: Vec<User> = store.users().await?.iter().map(User::from).collect();
    print(args.format, &users, |user| {
        let role = user.role.unwrap_or("-");
        format!("{}  {:<8}  {:<8}  {}", short(&user.made_at), user.state, role, user.name)
    })
}
