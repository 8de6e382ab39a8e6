use jiff::Timestamp;

/// What somebody did that must be accounted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// An upstream's address was set or changed.
    SetUpstream,
    /// A file was allowed whatever its verdict.
    AllowFile,
    /// A file was held whatever its verdict.
    HoldFile,
    /// An operator's ruling was taken back.
    WithdrawRuling,
    /// A feed of known malware and vulnerabilities was imported.
    ImportAdvisories,
    /// An upstream offered other bytes under a name whose digest was known.
    DigestChanged,
    /// An upstream sent bytes that differ from the digest in its own listing.
    DigestMismatch,
}

impl AuditAction {
    /// Every action.
    pub const ALL: [Self; 7] = [
        Self::SetUpstream,
        Self::AllowFile,
        Self::HoldFile,
        Self::WithdrawRuling,
        Self::ImportAdvisories,
        Self::DigestChanged,
        Self::DigestMismatch,
    ];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::SetUpstream => "set-upstream",
            Self::AllowFile => "allow-file",
            Self::HoldFile => "hold-file",
            Self::WithdrawRuling => "withdraw-ruling",
            Self::ImportAdvisories => "import-advisories",
            Self::DigestChanged => "digest-changed",
            Self::DigestMismatch => "digest-mismatch",
        }
    }

    /// The action with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.id() == id)
    }
}

/// Who did what, to what, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// Who: `operator:NAME` on the host, or `index` itself.
    pub actor: String,
    /// What.
    pub action: AuditAction,
    /// To what: a digest, an upstream's name, a file.
    pub subject: String,
    /// Why, in the actor's words; empty for the index itself.
    pub reason: String,
    /// What else is worth knowing, e.g. the value before.
    pub detail: String,
}
