//! `fondaco admin breaker state`: what is counted, what is expected and what is held.

use fondaco_model::{Clock, SystemClock};
use fondaco_server::breaker;
use fondaco_store::Store;

use super::super::output::{Format, short};

#[derive(clap::Args)]
pub(super) struct Args {
    /// How to print it; ndjson is json on one line
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let state = breaker::state(store, SystemClock.now()).await?.shown();
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&state)?),
        Format::Ndjson => println!("{}", serde_json::to_string(&state)?),
        Format::Text => {
            println!("{:16} {:>9} {:>9} {:>9} {:>9}", "", "last hour", "expected", "last day", "expected");
            for one in &state.signals {
                println!(
                    "{:16} {:>9} {:>9.2} {:>9} {:>9.2}{}",
                    one.signal,
                    one.last_hour,
                    one.expected_last_hour,
                    one.last_day,
                    one.expected_last_day,
                    if one.warm { "" } else { "  warming up" }
                );
            }
            for one in &state.measures {
                let held = one
                    .held_until
                    .as_deref()
                    .map_or("not set".to_owned(), |end| format!("until {}", short(end)));
                let pinned = one.pinned_until.as_deref().map(short);
                let pinned = pinned.map(|end| format!(", pinned until {end}")).unwrap_or_default();
                println!("{:16} {held}{pinned}", one.switch);
            }
            for one in &state.blocks {
                println!("blocked {} {} until {}: {}", one.kind, one.key, short(&one.expires_at), one.reason);
            }
        }
    }
    Ok(())
}
