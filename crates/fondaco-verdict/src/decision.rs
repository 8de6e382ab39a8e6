use crate::Verdict;

/// What the policy makes of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Serve it.
    Allow,
    /// Keep it until a person or a timer decides.
    Hold,
    /// Refuse it.
    Block,
}

impl Decision {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Hold => "hold",
            Self::Block => "block",
        }
    }

    /// The decision with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Allow, Self::Hold, Self::Block].into_iter().find(|d| d.id() == id)
    }
}

/// What happens to suspicious files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SuspiciousPolicy {
    /// Held for a person; the default.
    #[default]
    Hold,
    /// Served, with the report.
    Allow,
}

/// The operator's policy on verdicts. A decision is computed from the policy in force each time
/// and never stored with the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Policy {
    /// What happens to suspicious files.
    pub suspicious: SuspiciousPolicy,
}

impl Policy {
    /// Malicious is blocked, incomplete is held, suspicious as the operator says.
    pub fn decide(&self, verdict: Verdict) -> Decision {
        match (verdict, self.suspicious) {
            (Verdict::Clean, _) | (Verdict::Suspicious, SuspiciousPolicy::Allow) => Decision::Allow,
            (Verdict::Suspicious, SuspiciousPolicy::Hold) | (Verdict::Incomplete, _) => Decision::Hold,
            (Verdict::Malicious, _) => Decision::Block,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clean_is_always_served() {
        let hold = Policy::default();
        let allow = Policy { suspicious: SuspiciousPolicy::Allow };
        for (verdict, held, allowed) in [
            (Verdict::Clean, Decision::Allow, Decision::Allow),
            (Verdict::Incomplete, Decision::Hold, Decision::Hold),
            (Verdict::Suspicious, Decision::Hold, Decision::Allow),
            (Verdict::Malicious, Decision::Block, Decision::Block),
        ] {
            assert_eq!(hold.decide(verdict), held);
            assert_eq!(allow.decide(verdict), allowed);
        }
    }
}
