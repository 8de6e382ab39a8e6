//! Logistic regression by Newton's method, with a ridge.

use fondaco_names::{FEATURES, Numbers};

/// Rounds of Newton's method: far more than it needs.
const ROUNDS: usize = 25;
/// How much large weights are held back.
const RIDGE: f64 = 3.0;

/// One example: its numbers, whether it is a squat, and how much it counts.
pub(super) struct Example {
    pub(super) numbers: Numbers,
    pub(super) is_squat: bool,
    pub(super) weight: f64,
}

/// The weights that fit the examples best.
pub(super) fn fitted(examples: &[Example]) -> [f64; FEATURES] {
    let mut weights = [0.0; FEATURES];
    for _ in 0..ROUNDS {
        let mut gradient = [0.0; FEATURES];
        let mut hessian = vec![[0.0; FEATURES]; FEATURES];
        for at in 0..FEATURES {
            gradient[at] = -RIDGE * weights[at];
            hessian[at][at] = RIDGE;
        }
        for example in examples {
            let used: Vec<(usize, f64)> = (0..FEATURES)
                .map(|at| (at, f64::from(example.numbers[at])))
                .filter(|(_, number)| *number != 0.0)
                .collect();
            let sum: f64 = used.iter().map(|(at, number)| weights[*at] * number).sum();
            let chance = 1.0 / (1.0 + (-sum).exp());
            let miss = (f64::from(u8::from(example.is_squat)) - chance) * example.weight;
            let bend = chance * (1.0 - chance) * example.weight;
            for (at, number) in &used {
                gradient[*at] += miss * number;
                for (other, second) in &used {
                    hessian[*at][*other] += bend * number * second;
                }
            }
        }
        let step = solved(hessian, gradient);
        let largest = step.iter().fold(0.0f64, |largest, part| largest.max(part.abs()));
        for at in 0..FEATURES {
            weights[at] += step[at];
        }
        if largest < 1e-4 {
            break;
        }
    }
    weights
}

/// Gauss's elimination of a symmetric positive matrix.
fn solved(mut matrix: Vec<[f64; FEATURES]>, mut right: [f64; FEATURES]) -> [f64; FEATURES] {
    for at in 0..FEATURES {
        let pivot = matrix[at][at];
        for below in at + 1..FEATURES {
            let factor = matrix[below][at] / pivot;
            if factor != 0.0 {
                let row = matrix[at];
                for column in at..FEATURES {
                    matrix[below][column] -= factor * row[column];
                }
                right[below] -= factor * right[at];
            }
        }
    }
    for at in (0..FEATURES).rev() {
        let known: f64 = (at + 1..FEATURES).map(|column| matrix[at][column] * right[column]).sum();
        right[at] = (right[at] - known) / matrix[at][at];
    }
    right
}
