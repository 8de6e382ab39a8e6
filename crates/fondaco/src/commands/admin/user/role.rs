use fondaco_model::StaffRole;
use fondaco_server::accounts;
use fondaco_store::Store;

use super::Named;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    named: Named,
    /// admin, reviewer, observer or none
    #[arg(value_name = "ROLE")]
    role: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let role: Option<StaffRole> = match args.role.as_str() {
        "none" => None,
        other => Some(super::role(other).map_err(anyhow::Error::msg)?),
    };
    Ok(accounts::set_role(store, &args.named.name, role, &args.named.act()?).await?)
}
