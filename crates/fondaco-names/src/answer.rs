//! What the engine says of a name.

use crate::gates::Gate;
use crate::targets::TargetKind;
use crate::techniques::Technique;

/// A name that another resembles.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The name that one may have meant.
    pub target: String,
    /// What it is.
    pub kind: TargetKind,
    /// Its rank by downloads, where it is popular.
    pub rank: Option<u32>,
    /// What to install instead, where the target itself is not what one installs.
    pub instead: Option<&'static str>,
    /// How the names differ.
    pub techniques: Vec<Technique>,
    /// How likely this is no accident, from 0 to 1; confusable from [`crate::THRESHOLD`] on.
    pub score: f32,
}

/// What the engine says of a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The name as it was given.
    pub name: String,
    /// Its own rank by downloads.
    pub rank: Option<u32>,
    /// The name that it can be mistaken for, and is not ruled out.
    pub confusable: Option<Match>,
    /// What else it resembles, too little or ruled out; the nearest first, at most five.
    pub near: Vec<Match>,
    /// Why resemblances don't count: the target, and the reason.
    pub ruled_out: Vec<(String, Gate)>,
}

impl Answer {
    /// The score of what it can be mistaken for, else of the nearest that was not ruled out, else 0.
    pub fn score(&self) -> f32 {
        let near =
            self.near.iter().find(|near| !self.ruled_out.iter().any(|(target, _)| *target == near.target));
        self.confusable.as_ref().or(near).map_or(0.0, |found| found.score)
    }

    /// One sentence: which name it can be mistaken for, and how they differ.
    pub fn sentence(&self) -> Option<String> {
        let found = self.confusable.as_ref()?;
        let how: Vec<&str> = found.techniques.iter().map(|technique| technique.title()).collect();
        let popular = found.rank.map(|rank| format!(" (rank {rank})")).unwrap_or_default();
        Some(format!("can be mistaken for {}{popular}: {}", found.target, how.join(", ")))
    }
}
