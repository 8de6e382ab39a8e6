//! `fondaco admin team remove`: a token leaves a team.

use fondaco_server::teams;
use fondaco_store::Store;

use super::super::target::act;
use super::Membership;

pub(super) async fn run(store: &Store, args: &Membership) -> anyhow::Result<()> {
    teams::leave(store, &args.team, &args.token, &act(&args.reason)).await?;
    println!("token {} is no longer in the team {}", args.token, args.team);
    Ok(())
}
