use jiff::Timestamp;

/// A key whose uploads and registrations are refused for a time, except those to established projects:
/// the breaker's narrowest measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What kind of key: `account`, `address`, `network`, `mail-domain`, `payload`, `target`.
    pub kind: String,
    /// The key.
    pub key: String,
    /// Why.
    pub reason: String,
    /// Who: `breaker`.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}
