//! The wave of March 2024 in small: `cargo xtask replay` has all of it.

use std::path::Path;

use fondaco_testkit::replay::{Outcome, Plan, Variation, Via, replay};

const BIN: &str = env!("CARGO_BIN_EXE_fondaco");

/// Names made up as those of the wave were.
const NAMES: [&str; 10] = [
    "reqeusts",
    "requestss",
    "beautifulsuop4",
    "coloroma",
    "matplotlb",
    "tensorflwo",
    "seleniuum",
    "simplejsn",
    "pyyamll",
    "asynciooo",
];

fn small(via: Via, variation: Variation) -> (Plan, Outcome) {
    let names = NAMES.map(str::to_owned).to_vec();
    let plan = Plan { names, via, variation, owners: 3, days: 3, tried_after: None };
    let outcome = replay(Path::new(BIN), &plan);
    (plan, outcome)
}

fn held(via: Via, variation: Variation) -> Outcome {
    let (plan, outcome) = small(via, variation);
    assert_eq!(outcome.missed(&plan), Vec::<String>::new(), "{outcome}");
    assert!(outcome.tried > 0 && outcome.polls > outcome.tried && outcome.owners.0 >= 5, "{outcome}");
    outcome
}

#[test]
fn a_wave_that_is_uploaded_is_stopped() {
    held(Via::Uploads, Variation::AsItWas);
}

#[test]
fn a_wave_on_an_upstream_is_met_by_the_watcher_and_by_who_pulls() {
    held(Via::Upstream, Variation::AsItWas);
}

#[test]
fn placeholders_that_are_armed_later_are_held() {
    held(Via::Uploads, Variation::Armed);
}
