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
    /// Who holds an operator's token was said.
    SetTokenHolder,
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
    /// A token was issued to a person, or for an ID token.
    IssueToken,
    /// A token of a person was revoked.
    RevokeIssuedToken,
    /// A token of a person was replaced.
    RotateToken,
    /// A trusted publisher was added.
    AddPublisher,
    /// A trusted publisher was removed.
    RemovePublisher,
    /// It was set whether a project takes uploads of trusted publishers alone.
    SetPublishing,
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

    /// A role on a project was given, changed or taken away.
    SetRole,
    /// Somebody was invited to a role.
    Invite,
    /// An invitation was accepted, declined or taken back.
    AnswerInvitation,
    /// An organisation was made or dissolved.
    SetOrganisation,
    /// A role in an organisation was given, changed or taken away.
    SetMember,
    /// A team of an organisation was made or dissolved, or its role on a project was changed.
    SetTeam,
    /// A project came to an organisation, or left one.
    Transfer,
    /// A staff role was given, changed or taken away.
    SetStaff,
    /// Somebody registered.
    Register,
    /// An operator made an account.
    AddUser,
    /// Somebody has shown that an address is theirs.
    VerifyEmail,
    /// Somebody logged in.
    Login,
    /// Somebody gave a wrong password for a name that there is.
    FailLogin,
    /// Sessions were ended.
    Logout,
    /// Somebody gave their password once more.
    ConfirmPassword,
    /// Somebody asked for a new password.
    AskReset,
    /// A password was set, or taken away because others know it.
    SetPassword,
    /// Somebody added an address.
    AddEmail,
    /// Somebody took an address away.
    RemoveEmail,
    /// Somebody has mails sent to another address.
    SetPrimaryEmail,
    /// Somebody calls themselves otherwise.
    SetDisplayName,
    /// An account was deleted.
    DeleteUser,
    /// An account was frozen.
    FreezeUser,
    /// An account may act again.
    UnfreezeUser,
    /// Somebody's staff role was set.
    SetStaffRole,
    /// A second factor was added.
    AddFactor,
    /// A second factor was taken away.
    RemoveFactor,
    /// New recovery codes were made.
    MakeRecoveryCodes,
    /// A recovery code was used.
    UseRecoveryCode,
    /// A reset of somebody's factors was ordered; it waits.
    OrderRecovery,
    /// Such a reset was called off.
    CancelRecovery,
    /// The link for such a reset was sent.
    SendRecovery,
    /// Somebody's factors were reset.
    ResetFactors,
    /// What a newer engine found in stored files was let count.
    ApplyReinspection,
    /// What was sealed with a lost key was forgotten.
    ForgetSecrets,
}

impl AuditAction {
    /// Whether it sets something that has a value: then what was there before and after is a part of the
    /// event. Others begin or end what they are about, or only happen.
    pub fn sets(self) -> bool {
        matches!(
            self,
            Self::AllowFile
                | Self::HoldFile
                | Self::WithdrawRuling
                | Self::Yank
                | Self::Unyank
                | Self::SetStatus
                | Self::Quarantine
                | Self::LiftQuarantine
                | Self::SetCampaign
                | Self::SetSwitch
                | Self::LiftSwitch
                | Self::FreezeAccount
                | Self::UnfreezeAccount
                | Self::BlockKey
                | Self::UnblockKey
                | Self::PinBreaker
                | Self::BanAddresses
                | Self::LiftBan
                | Self::SetRole
                | Self::SetOrganisation
                | Self::SetMember
                | Self::SetTeam
                | Self::JoinTeam
                | Self::LeaveTeam
                | Self::Transfer
                | Self::SetStaff
                | Self::SetStaffRole
                | Self::AddEmail
                | Self::RemoveEmail
                | Self::SetPrimaryEmail
                | Self::SetDisplayName
                | Self::FreezeUser
                | Self::UnfreezeUser
                | Self::DeleteUser
                | Self::AddPublisher
                | Self::RemovePublisher
                | Self::SetPublishing
                | Self::TrustObserver
                | Self::DistrustObserver
                | Self::DecideObservation
                | Self::DecideAppeal
                | Self::MakeToken
                | Self::RevokeToken
                | Self::SetTokenHolder
                | Self::IssueToken
                | Self::RotateToken
                | Self::RevokeIssuedToken
                | Self::AddFactor
                | Self::RemoveFactor
                | Self::MakeRecoveryCodes
                | Self::UseRecoveryCode
                | Self::ResetFactors
                | Self::ClaimName
                | Self::LiftName
                | Self::Delete
                | Self::Restore
        )
    }

    /// Every action.
    pub const ALL: &[Self] = &[
        Self::SetUpstream,
        Self::AllowFile,
        Self::HoldFile,
        Self::WithdrawRuling,
        Self::ImportAdvisories,
        Self::DigestChanged,
        Self::DigestMismatch,
        Self::MakeToken,
        Self::RevokeToken,
        Self::SetTokenHolder,
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
        Self::IssueToken,
        Self::RevokeIssuedToken,
        Self::RotateToken,
        Self::AddPublisher,
        Self::RemovePublisher,
        Self::SetPublishing,
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
        Self::SetRole,
        Self::Invite,
        Self::AnswerInvitation,
        Self::SetOrganisation,
        Self::SetMember,
        Self::SetTeam,
        Self::Transfer,
        Self::SetStaff,
        Self::Register,
        Self::AddUser,
        Self::VerifyEmail,
        Self::Login,
        Self::FailLogin,
        Self::Logout,
        Self::ConfirmPassword,
        Self::AskReset,
        Self::SetPassword,
        Self::AddEmail,
        Self::RemoveEmail,
        Self::SetPrimaryEmail,
        Self::SetDisplayName,
        Self::DeleteUser,
        Self::FreezeUser,
        Self::UnfreezeUser,
        Self::SetStaffRole,
        Self::AddFactor,
        Self::RemoveFactor,
        Self::MakeRecoveryCodes,
        Self::UseRecoveryCode,
        Self::OrderRecovery,
        Self::CancelRecovery,
        Self::SendRecovery,
        Self::ResetFactors,
        Self::ApplyReinspection,
        Self::ForgetSecrets,
    ];

    /// Stable id.
    #[expect(clippy::too_many_lines, reason = "one line for each action")]
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
            Self::SetTokenHolder => "set-token-holder",
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
            Self::IssueToken => "issue-token",
            Self::RevokeIssuedToken => "revoke-issued-token",
            Self::RotateToken => "rotate-token",
            Self::AddPublisher => "add-publisher",
            Self::RemovePublisher => "remove-publisher",
            Self::SetPublishing => "set-publishing",
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
            Self::SetRole => "set-role",
            Self::Invite => "invite",
            Self::AnswerInvitation => "answer-invitation",
            Self::SetOrganisation => "set-organisation",
            Self::SetMember => "set-member",
            Self::SetTeam => "set-team",
            Self::Transfer => "transfer",
            Self::SetStaff => "set-staff",
            Self::Register => "register",
            Self::AddUser => "add-user",
            Self::VerifyEmail => "verify-email",
            Self::Login => "login",
            Self::FailLogin => "fail-login",
            Self::Logout => "logout",
            Self::ConfirmPassword => "confirm-password",
            Self::AskReset => "ask-reset",
            Self::SetPassword => "set-password",
            Self::AddEmail => "add-email",
            Self::RemoveEmail => "remove-email",
            Self::SetPrimaryEmail => "set-primary-email",
            Self::SetDisplayName => "set-display-name",
            Self::DeleteUser => "delete-user",
            Self::FreezeUser => "freeze-user",
            Self::UnfreezeUser => "unfreeze-user",
            Self::SetStaffRole => "set-staff-role",
            Self::AddFactor => "add-factor",
            Self::RemoveFactor => "remove-factor",
            Self::MakeRecoveryCodes => "make-recovery-codes",
            Self::UseRecoveryCode => "use-recovery-code",
            Self::OrderRecovery => "order-recovery",
            Self::CancelRecovery => "cancel-recovery",
            Self::SendRecovery => "send-recovery",
            Self::ResetFactors => "reset-factors",
            Self::ApplyReinspection => "apply-reinspection",
            Self::ForgetSecrets => "forget-secrets",
        }
    }

    /// The action with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.id() == id)
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

impl Change {
    /// From what to what.
    pub fn of(before: Option<&str>, after: Option<&str>) -> Self {
        Self { before: before.map(str::to_owned), after: after.map(str::to_owned) }
    }
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
