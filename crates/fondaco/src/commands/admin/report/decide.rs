//! `fondaco admin report decide`: a report gets its outcome.

use fondaco_model::Outcome;
use fondaco_server::observations::{self, Decision, Measure, fetched_by};
use fondaco_store::Store;

use super::super::output::short;
use super::super::target::act;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Its id
    id: String,
    /// What it is
    #[arg(value_enum)]
    outcome: Found,
    /// Why; the reporter reads it
    #[arg(long)]
    note: String,
    /// What is done besides
    #[arg(long = "and", value_enum, default_value_t)]
    measure: Besides,
    /// Freeze the accounts that uploaded it
    #[arg(long)]
    freeze_accounts: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Found {
    /// It is as it says
    Confirmed,
    /// It is not malware, or not what else was said
    NotMalware,
    /// It can't be told from what was given
    Insufficient,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum Besides {
    /// Nothing
    #[default]
    Nothing,
    /// Put what is confirmed in quarantine
    Quarantine,
    /// The same, and delete files of our own
    Remove,
    /// Free what the index has put in quarantine by itself
    Release,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let outcome = match args.outcome {
        Found::Confirmed => Outcome::Confirmed,
        Found::NotMalware => Outcome::NotMalware,
        Found::Insufficient => Outcome::Insufficient,
    };
    let measure = match args.measure {
        Besides::Nothing => Measure::Nothing,
        Besides::Quarantine => Measure::Quarantine,
        Besides::Remove => Measure::Remove,
        Besides::Release => Measure::Release,
    };
    let decision = Decision { outcome, measure, freeze_accounts: args.freeze_accounts };
    let (observation, freeze) = observations::decide(store, &args.id, decision, &act(&args.note)).await?;
    println!("report {}: {}", observation.id, outcome.id());
    let Some(freeze) = freeze else { return Ok(()) };
    println!("act {}:", freeze.id);
    for one in &freeze.frozen {
        let (kind, subject, file_name) = one.told();
        println!("  {kind} {subject}{file_name}");
    }
    if let Some(since) = store.downloads_known_since().await? {
        println!("who fetched it is known since {}", since.strftime("%Y-%m-%d"));
    }
    for one in fetched_by(store, &observation.scope).await? {
        println!(
            "fetched by {}  {:>4} x  last {}  {}",
            one.client,
            one.times,
            short(&one.last),
            one.file_name
        );
    }
    Ok(())
}
