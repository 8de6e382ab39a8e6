//! `fondaco admin report show`: one report.

use anyhow::bail;
use fondaco_store::Store;
use fondaco_wire::observation_v1::Observation;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Its id
    id: String,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let Some(one) = store.observation(&args.id).await? else {
        bail!("there is no such report\nhint: `fondaco admin report list --all` shows them")
    };
    println!("{}", serde_json::to_string_pretty(&Observation::for_staff(&one))?);
    Ok(())
}
