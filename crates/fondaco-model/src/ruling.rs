use fondaco_pydist::Sha256;
use fondaco_verdict::Decision;
use jiff::Timestamp;

/// A ruling's number.
pub type RulingId = i64;

/// An operator's decision on a content, which stands above the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Its number; 0 before it is written.
    pub id: RulingId,
    /// The content.
    pub sha256: Sha256,
    /// Allow or hold (a block is what evidence earns).
    pub decision: Decision,
    /// Why, in the operator's words.
    pub reason: String,
    /// Who: `operator:NAME`.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Until when; for good where absent.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
}

impl Ruling {
    /// Whether it counts at `now`.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.withdrawn_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}
