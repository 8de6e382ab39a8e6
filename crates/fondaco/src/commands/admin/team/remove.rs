//! `fondaco admin team remove`: a token leaves a team.

use fondaco_model::TeamName;
use fondaco_server::teams;
use fondaco_store::Store;

use super::super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The team
    team: TeamName,
    /// The token's id
    token: String,
    /// Why
    #[arg(long, default_value = "")]
    reason: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    teams::leave(store, &args.team, &args.token, &act(&args.reason)).await?;
    println!("token {} is no longer in the team {}", args.token, args.team);
    Ok(())
}
