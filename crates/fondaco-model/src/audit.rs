use fondaco_pydist::Sha256;
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
    /// A token for uploads was made.
    MakeToken,
    /// A token was revoked.
    RevokeToken,
    /// A file was uploaded and taken.
    Upload,
    /// An upload was blocked.
    BlockUpload,
    /// A name that is known elsewhere was claimed.
    ClaimName,
    /// A name of our own was given back to the upstreams.
    LiftName,
    /// A release or file was yanked.
    Yank,
    /// A yank was taken back.
    Unyank,
    /// A project's status was set.
    SetStatus,
    /// A project, release or file was put in quarantine.
    Quarantine,
    /// A quarantine was lifted.
    LiftQuarantine,
    /// Files were deleted.
    Delete,
    /// A deletion was undone.
    Restore,
    /// Campaigns were merged.
    MergeCampaigns,
    /// A campaign was split.
    SplitCampaign,
    /// A campaign was closed, dismissed or opened again.
    SetCampaign,
    /// A token came to a team.
    JoinTeam,
    /// A token left a team.
    LeaveTeam,
    /// A switch was set.
    SetSwitch,
    /// A switch was lifted.
    LiftSwitch,
    /// An operator did what a switch forbids.
    BreakGlass,
    /// Somebody reported something.
    Observe,
    /// A report got its outcome.
    DecideObservation,
    /// Somebody was marked as a trusted observer.
    TrustObserver,
    /// Somebody is a trusted observer no more.
    DistrustObserver,
    /// Somebody appealed.
    Appeal,
    /// An appeal was decided.
    DecideAppeal,
    /// An account was frozen.
    FreezeAccount,
    /// An account was unfrozen.
    UnfreezeAccount,
    /// A note was written for the next reviewer.
    Note,
    /// The breaker blocked a key.
    BlockKey,
    /// A block was taken back.
    UnblockKey,
    /// A measure of the breaker was taken back by hand.
    ResetBreaker,
    /// An operator has a measure left as it is, or no longer.
    PinBreaker,
    /// Addresses were banned.
    BanAddresses,
    /// A ban was lifted.
    LiftBan,
}

impl AuditAction {
    /// Every action.
    pub const ALL: [Self; 43] = [
        Self::SetUpstream,
        Self::AllowFile,
        Self::HoldFile,
        Self::WithdrawRuling,
        Self::ImportAdvisories,
        Self::DigestChanged,
        Self::DigestMismatch,
        Self::MakeToken,
        Self::RevokeToken,
        Self::Upload,
        Self::BlockUpload,
        Self::ClaimName,
        Self::LiftName,
        Self::Yank,
        Self::Unyank,
        Self::SetStatus,
        Self::Quarantine,
        Self::LiftQuarantine,
        Self::Delete,
        Self::Restore,
        Self::MergeCampaigns,
        Self::SplitCampaign,
        Self::SetCampaign,
        Self::JoinTeam,
        Self::LeaveTeam,
        Self::SetSwitch,
        Self::LiftSwitch,
        Self::BreakGlass,
        Self::Observe,
        Self::DecideObservation,
        Self::TrustObserver,
        Self::DistrustObserver,
        Self::Appeal,
        Self::DecideAppeal,
        Self::FreezeAccount,
        Self::UnfreezeAccount,
        Self::Note,
        Self::BlockKey,
        Self::UnblockKey,
        Self::ResetBreaker,
        Self::PinBreaker,
        Self::BanAddresses,
        Self::LiftBan,
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
            Self::MakeToken => "make-token",
            Self::RevokeToken => "revoke-token",
            Self::Upload => "upload",
            Self::BlockUpload => "block-upload",
            Self::ClaimName => "claim-name",
            Self::LiftName => "lift-name",
            Self::Yank => "yank",
            Self::Unyank => "unyank",
            Self::SetStatus => "set-status",
            Self::Quarantine => "quarantine",
            Self::LiftQuarantine => "lift-quarantine",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::MergeCampaigns => "merge-campaigns",
            Self::SplitCampaign => "split-campaign",
            Self::SetCampaign => "set-campaign",
            Self::JoinTeam => "join-team",
            Self::LeaveTeam => "leave-team",
            Self::SetSwitch => "set-switch",
            Self::LiftSwitch => "lift-switch",
            Self::BreakGlass => "break-glass",
            Self::Observe => "observe",
            Self::DecideObservation => "decide-observation",
            Self::TrustObserver => "trust-observer",
            Self::DistrustObserver => "distrust-observer",
            Self::Appeal => "appeal",
            Self::DecideAppeal => "decide-appeal",
            Self::FreezeAccount => "freeze-account",
            Self::UnfreezeAccount => "unfreeze-account",
            Self::Note => "note",
            Self::BlockKey => "block-key",
            Self::UnblockKey => "unblock-key",
            Self::ResetBreaker => "reset-breaker",
            Self::PinBreaker => "pin-breaker",
            Self::BanAddresses => "ban-addresses",
            Self::LiftBan => "lift-ban",
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
    /// Who: `operator:NAME` on the host, `token:ID NAME`, or `index` itself.
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

/// What was there before an act, and what since: short texts, as a person reads them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// Before; `None` where there was nothing.
    pub before: Option<String>,
    /// After; `None` where there is nothing since.
    pub after: Option<String>,
}

/// An event as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its place in the chain, from 1.
    pub place: u64,
    /// Who did what.
    pub event: AuditEvent,
    /// From where: a client's address, `host` for the command line, empty for the index itself.
    pub origin: String,
    /// What changed.
    pub change: Change,
    /// The digest of the event before it.
    pub previous: Sha256,
    /// Its own, over all of this.
    pub digest: Sha256,
}
