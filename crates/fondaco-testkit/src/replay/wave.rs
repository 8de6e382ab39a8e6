//! What the two ways have in common: when a member comes, what it is, what the index does by itself.

use crate::wave::{placeholder, wave_member};
use crate::{Dist, Fondaco};

use super::outcome::Outcome;
use super::plan::{Plan, Variation};

/// The switch by which nobody registers.
const SUSPENDED: &str = "no-new-users";

/// The releases of a member in their order, each with whether it attacks.
pub(super) fn releases(plan: &Plan, number: usize) -> Vec<(Dist, bool)> {
    let (name, seed) = (plan.name(number), u64::try_from(number).unwrap_or(0));
    match plan.variation {
        Variation::Armed => {
            vec![(placeholder(&name, "0.1"), false), (wave_member(&name, "0.2", seed), true)]
        }
        _ => vec![(wave_member(&name, "1.0", seed), true)],
    }
}

/// Notes what the index has done by itself since it was last asked.
pub(super) fn note(fondaco: &Fondaco, outcome: &mut Outcome, at: i64) {
    if outcome.opened_by.is_none() {
        let listed = fondaco.get("/api/v1/campaigns", &[]).json();
        if let Some(first) = listed["campaigns"].as_array().and_then(|all| all.first()) {
            let id = first["id"].as_str().unwrap_or_default().to_owned();
            outcome.opened_by = Some(outcome.tried);
            outcome.say(at, format!("campaign {id} opened, with member {}", outcome.tried));
        }
    }
    let listed = fondaco.get("/api/v1/switches", &[]).json();
    for switch in listed["switches"].as_array().into_iter().flatten() {
        let name = switch["switch"].as_str().unwrap_or_default();
        let what = format!("{name} ({})", switch["reason"].as_str().unwrap_or_default());
        if outcome.switches.insert(name.to_owned()) {
            outcome.say(at, format!("tripped by itself: {what}"));
            outcome.tripped.get_or_insert((outcome.tried, what));
        }
        if name == SUSPENDED {
            outcome.suspended_after.get_or_insert(outcome.registered);
        }
    }
}
