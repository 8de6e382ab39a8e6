use fondaco_verdict::Decision;
use jiff::Timestamp;

use crate::{Evidence, FileKey};

/// How far a run of inspections by a newer engine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReinspectionState {
    /// It collects.
    Running,
    /// It has collected, and would refuse more than it may by itself: a person decides.
    Braked,
    /// It may be applied.
    Approved,
    /// What it found counts.
    Applied,
    /// A later engine has come.
    Superseded,
}

impl ReinspectionState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Running, Self::Braked, Self::Approved, Self::Applied, Self::Superseded];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Braked => "braked",
            Self::Approved => "approved",
            Self::Applied => "applied",
            Self::Superseded => "superseded",
        }
    }

    /// The state with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.id() == id)
    }
}

/// A run of inspections by a newer engine over what is stored. What it finds counts for nothing before
/// it is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reinspection {
    /// The engine's fingerprint.
    pub engine: String,
    /// How far it is.
    pub state: ReinspectionState,
    /// When it began.
    pub started_at: Timestamp,
    /// When everything had been looked at.
    pub finished_at: Option<Timestamp>,
    /// Stored files when it began.
    pub total: u64,
    /// How many of them were looked at; those that this engine knows already need no inspection.
    pub looked_at: u64,
    /// The file up to which it has come, in the order of their keys.
    pub last: Option<FileKey>,
    /// Who has approved it: an operator, or the index itself.
    pub approved_by: Option<String>,
    /// Why it is as it is.
    pub reason: String,
}

/// What the new evidence makes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Turn {
    /// Nothing changes.
    Same,
    /// It would be refused, or blocked where it was held.
    Worse,
    /// It would be served, or held where it was blocked.
    Better,
}

impl Turn {
    /// What a decision that becomes another one means.
    pub fn of(was: Decision, becomes: Decision) -> Self {
        match becomes.cmp(&was) {
            std::cmp::Ordering::Equal => Self::Same,
            std::cmp::Ordering::Greater => Self::Worse,
            std::cmp::Ordering::Less => Self::Better,
        }
    }

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Worse => "worse",
            Self::Better => "better",
        }
    }
}

/// New evidence on one file, in the shadow.
#[derive(Debug, Clone, PartialEq)]
pub struct Shadow {
    /// The file.
    pub key: FileKey,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// What is decided on the older evidence.
    pub was: Decision,
    /// What would be decided on this.
    pub becomes: Decision,
    /// The evidence.
    pub evidence: Evidence,
}

/// How many files a run has collected evidence on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ShadowCounts {
    /// Nothing changes for these.
    pub same: u64,
    /// These turn worse.
    pub worse: u64,
    /// These turn better.
    pub better: u64,
    /// The inspection of these was lost; they stay as they are.
    pub lost: u64,
}

impl ShadowCounts {
    /// Files that were inspected.
    pub fn inspected(&self) -> u64 {
        self.same + self.worse + self.better
    }
}

/// How many files may turn worse before a person is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Brake {
    /// At most so many files.
    pub files: u64,
    /// And at most this share of those that were inspected; a single file always may.
    pub share: f64,
}

impl Default for Brake {
    fn default() -> Self {
        Self { files: 20, share: 0.01 }
    }
}

impl Brake {
    /// Whether a run with these counts waits for a person.
    pub fn holds(&self, counts: ShadowCounts) -> bool {
        let most = (counts.inspected() as f64 * self.share).max(1.0);
        counts.worse > self.files || counts.worse as f64 > most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brake_holds_by_number_and_by_share() {
        let brake = Brake { files: 20, share: 0.01 };
        let of = |worse, same| brake.holds(ShadowCounts { same, worse, better: 0, lost: 0 });
        assert!(!of(0, 0) && !of(1, 0) && !of(1, 2), "one file is too few to wait for");
        assert!(of(2, 1) && !of(2, 198));
        assert!(!of(20, 10_000) && of(21, 10_000));
        let never = Brake { files: 0, share: 1.0 };
        assert!(never.holds(ShadowCounts { worse: 1, ..ShadowCounts::default() }));
    }

    #[test]
    fn turns() {
        assert_eq!(Turn::of(Decision::Allow, Decision::Hold), Turn::Worse);
        assert_eq!(Turn::of(Decision::Block, Decision::Hold), Turn::Better);
        assert_eq!(Turn::of(Decision::Hold, Decision::Hold), Turn::Same);
    }
}
