//! `fondaco admin quarantines`: what is in quarantine.

use fondaco_model::rfc3339;
use fondaco_store::Store;
use serde_json::{Value, json};

use super::output::{Format, print, short};

#[derive(clap::Args)]
pub(super) struct Args {
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let entry = |one: &fondaco_model::Quarantine| {
        json!({
            "project": one.scope.project.as_str(),
            "release": one.scope.release,
            "file_name": one.scope.file_name,
            "what": one.scope.to_string(),
            "reason": one.reason,
            "made_by": one.made_by,
            "made_at": rfc3339(one.made_at),
        })
    };
    let all: Vec<Value> = store.quarantines().await?.iter().map(entry).collect();
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    print(args.format, &all, |entry| {
        let at = text(entry, "made_at");
        format!(
            "{}  {}  {}  {}",
            short(&at),
            text(entry, "what"),
            text(entry, "made_by"),
            text(entry, "reason")
        )
    })
}
