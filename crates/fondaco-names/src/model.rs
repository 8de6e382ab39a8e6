//! How likely a name is a squat of a target: logistic regression over [`crate::FEATURES`].
//!
//! `weights.tsv` is fitted by `cargo xtask names --fit`; nobody writes into it by hand. The scale is
//! moved so that what is flagged starts at [`THRESHOLD`].

use std::collections::HashMap;

use crate::features::{FEATURES, Numbers, feature_name};

/// From this score on a name counts as confusable.
pub const THRESHOLD: f32 = 0.5;

/// What certain findings score, which need no model: by rule, not by resemblance.
pub(crate) mod certain {
    /// Reads like the target, with characters of other scripts or invisible ones.
    pub(crate) const DISGUISED: f32 = 0.99;
    /// Begins with a reserved prefix.
    pub(crate) const RESERVED: f32 = 0.95;
    /// Is called like a requirements file: nothing else is meant.
    pub(crate) const FILE: f32 = 1.0;
    /// Is called like an import name or a module of the standard library.
    pub(crate) const MODULE: f32 = 0.9;
    /// Differs from the target by its number, or by a whole word put in: successors and families of
    /// projects are called so. At most this.
    pub(crate) const SIBLING: f32 = 0.3;
    /// Is called like a tool whose Python project is called otherwise.
    pub(crate) const TOOL: f32 = 0.8;
}

/// The weights, in the order of the numbers.
const TABLE: &str = include_str!("weights.tsv");

/// Weights of a logistic regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights([f32; FEATURES]);

impl Weights {
    /// The fitted ones.
    pub fn embedded() -> Self {
        let mut weights = [0.0; FEATURES];
        let places: HashMap<String, usize> = (0..FEATURES).map(|at| (feature_name(at), at)).collect();
        let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
        for (name, weight) in rows.filter_map(|line| line.split_once('\t')) {
            if let Some(at) = places.get(name) {
                weights[*at] = weight.parse().unwrap_or_default();
            }
        }
        Self(weights)
    }

    /// From numbers, for fitting.
    pub fn new(weights: [f32; FEATURES]) -> Self {
        Self(weights)
    }

    /// The score of these numbers, from 0 to 1.
    pub fn score(&self, numbers: &Numbers) -> f32 {
        let sum: f32 = self.0.iter().zip(numbers).map(|(weight, number)| weight * number).sum();
        1.0 / (1.0 + (-sum).exp())
    }
}
