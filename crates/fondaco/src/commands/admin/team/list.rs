//! `fondaco admin team list`: every team and its tokens.

use fondaco_store::Store;
use serde_json::{Value, json};

use super::super::output::{Format, print};

#[derive(clap::Args)]
pub(super) struct Args {
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let entry = |(team, token)| json!({"team": team, "token": token});
    let named = |(team, token): (fondaco_model::TeamName, String)| (team.to_string(), token);
    let all: Vec<Value> = store.team_tokens().await?.into_iter().map(named).map(entry).collect();
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    print(args.format, &all, |entry| format!("{}  {}", text(entry, "team"), text(entry, "token")))
}
