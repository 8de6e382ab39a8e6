//! `cargo xtask simulate`: replays made-up traffic against the breaker: quiet months, honest peaks, waves.
//! Prints false trips, and after how many accounts and how long each wave was met. The generator shares
//! no constant with the engine. What the breaker sets is obeyed as the server obeys it.

mod random;
mod scenario;
mod world;

use std::ops::Range;

use scenario::{Scenario, honest, waves};
use world::{Outcome, World};

/// Days before anything happens.
const CALM_DAYS: i64 = 16;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many seeds
    #[arg(long, default_value_t = 5)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    first_seed: u64,
    /// Days of the quiet scenarios
    #[arg(long, default_value_t = 180)]
    days: i64,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let seeds = args.first_seed..args.first_seed.saturating_add(args.seeds);
    println!("seeds {seeds:?}; each number is the median, with the least and the most in brackets\n");
    println!("| honest traffic | events | trips | keys blocked | surges told | honest deeds stopped |");
    println!("|---|---|---|---|---|---|");
    let mut false_trips = Vec::new();
    for scenario in honest(args.days) {
        let outcomes = outcomes(&scenario, seeds.clone());
        let tripped = seeds.clone().zip(&outcomes).filter_map(|(seed, one)| Some((seed, one.why.as_ref()?)));
        false_trips.extend(tripped.map(|(seed, why)| format!("{}, seed {seed}: {why}", scenario.name)));
        let of = |value: fn(&Outcome) -> i64| spread(outcomes.iter().map(value).collect());
        println!(
            "| {} | {} | {} | {} | {} | {} |",
            scenario.name,
            of(|one| one.events),
            of(|one| one.trips),
            of(|one| one.blocks),
            of(|one| one.surges),
            of(|one| one.honest_stopped),
        );
    }
    for line in &false_trips {
        println!("false trip: {line}");
    }
    println!(
        "\n| wave, after {CALM_DAYS} calm days | files until something is done | minutes | what | registrations off after file | accounts by then | files that got in undetected | honest deeds stopped |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for scenario in waves(CALM_DAYS) {
        let outcomes = outcomes(&scenario, seeds.clone());
        let of = |value: fn(&Outcome) -> i64| spread(outcomes.iter().map(value).collect());
        let what: std::collections::BTreeSet<&str> = outcomes.iter().map(|one| one.first.as_str()).collect();
        println!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            scenario.name,
            of(|one| one.met_after),
            of(|one| one.minutes),
            what.into_iter().collect::<Vec<_>>().join(", "),
            of(|one| one.suspended_after),
            of(|one| one.registered),
            of(|one| one.got_in),
            of(|one| one.honest_stopped),
        );
    }
    Ok(())
}

fn outcomes(scenario: &Scenario, seeds: Range<u64>) -> Vec<Outcome> {
    seeds.map(|seed| World::new(seed).run(scenario)).collect()
}

/// The median, the least and the most; negative numbers stand for what never came.
fn spread(mut values: Vec<i64>) -> String {
    values.sort_unstable();
    let shown = |value: i64| if value < 0 { "-".to_owned() } else { value.to_string() };
    let (Some(least), Some(most)) = (values.first(), values.last()) else { return "-".to_owned() };
    let median = shown(values[values.len() / 2]);
    if least == most { median } else { format!("{median} ({} to {})", shown(*least), shown(*most)) }
}
