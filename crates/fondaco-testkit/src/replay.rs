//! The wave of March 2024 once more, against the real binary: ordinary traffic first, so that the index
//! knows what is usual, then hundreds of packages that steal, from as many accounts. Time is simulated.

mod clock;
mod folk;
mod outcome;
mod plan;
mod poll;
mod totp;
mod uploads;
mod upstream;
mod wave;

pub use outcome::{Moment, Outcome};
pub use plan::{Plan, Variation, Via};

use std::path::Path;

/// Runs a plan with this binary, in fresh folders.
#[track_caller]
pub fn replay(bin: &Path, plan: &Plan) -> Outcome {
    match plan.via {
        Via::Uploads => uploads::run(bin, plan),
        Via::Upstream => upstream::run(bin, plan),
    }
}
