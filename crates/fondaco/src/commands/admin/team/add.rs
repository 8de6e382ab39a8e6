//! `fondaco admin team add`: a token comes to a team.

use fondaco_model::TeamName;
use fondaco_server::teams;
use fondaco_store::Store;

use super::super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The team, as `reading` in the configuration names it
    team: TeamName,
    /// The token's id, as `fondaco admin token list` shows it
    token: String,
    /// Why
    #[arg(long, default_value = "")]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    teams::join(store, &args.team, &args.token, &act(&args.reason)).await?;
    println!("token {} is in the team {}", args.token, args.team);
    Ok(())
}
