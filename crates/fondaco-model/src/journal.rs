use fondaco_pydist::{ProjectName, Sha256};
use jiff::Timestamp;

/// What changed on the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JournalKind {
    /// An upstream's address was set or changed.
    UpstreamSet,
    /// A project's page was first seen or differs from the last one.
    PageChanged,
    /// Upstream no longer has the project.
    PageGone,
    /// A file's bytes were stored.
    FileFetched,
    /// A file was inspected.
    FileInspected,
    /// Upstream gave another digest for a known file.
    DigestChanged,
    /// Upstream's bytes differ from the digest in its listing; nothing was stored.
    DigestMismatch,
    /// The `.metadata` of an undecided file was passed on.
    MetadataPassed,
    /// An operator's ruling was made.
    RulingMade,
    /// An operator's ruling was taken back.
    RulingWithdrawn,
    /// An advisory about the project was imported or changed.
    AdvisoryImported,
    /// A project of our own was made by its first upload.
    ProjectMade,
    /// A file of our own was taken; whether it is served is another matter.
    FileUploaded,
    /// An upload was blocked; its evidence is kept, its name is free.
    UploadBlocked,
    /// A release or a file of our own was yanked, or the reason changed.
    Yanked,
    /// A yank was taken back.
    Unyanked,
    /// The status of a project of our own was set.
    StatusSet,
    /// A project, a release or a file was put in quarantine.
    Quarantined,
    /// A quarantine was lifted.
    QuarantineLifted,
    /// A file of our own was deleted: a tombstone for mirrors.
    FileDeleted,
    /// A deletion was undone.
    FileRestored,
    /// A name that is known elsewhere was claimed for a project of our own.
    NameClaimed,
    /// A name of our own may be asked of upstreams again.
    NameLifted,
    /// A campaign was opened.
    CampaignOpened,
    /// A file became a member of a campaign.
    CampaignGrew,
    /// A campaign that was closed or quiet has a new member.
    CampaignReopened,
    /// Two campaigns are one.
    CampaignMerged,
    /// A part of a campaign is one of its own.
    CampaignSplit,
    /// A file is no longer a member of a campaign.
    CampaignLeft,
    /// A campaign was closed or dismissed by an analyst.
    CampaignClosed,
    /// A switch was set.
    SwitchSet,
    /// A switch was lifted.
    SwitchLifted,
    /// A file has no attestations, and the release before had.
    ProvenanceLost,
    /// A file was published by somebody else than the release before.
    PublisherChanged,
    /// A new project of our own has a name that can be mistaken for another.
    NameConfusable,
    /// A file of our own requires a project that no layer has shown so far: nobody was asked.
    RequirementUnseen,
    /// Who has a role on a project was changed.
    RolesChanged,
    /// A file has attestations, and they prove nothing.
    ProvenanceBroken,
    /// A newer engine finds worse what is in a file, and that counts now.
    FoundWorse,
}

impl JournalKind {
    /// Every kind.
    pub const ALL: [Self; 39] = [
        Self::UpstreamSet,
        Self::PageChanged,
        Self::PageGone,
        Self::FileFetched,
        Self::FileInspected,
        Self::DigestChanged,
        Self::DigestMismatch,
        Self::MetadataPassed,
        Self::RulingMade,
        Self::RulingWithdrawn,
        Self::AdvisoryImported,
        Self::ProjectMade,
        Self::FileUploaded,
        Self::UploadBlocked,
        Self::Yanked,
        Self::Unyanked,
        Self::StatusSet,
        Self::Quarantined,
        Self::QuarantineLifted,
        Self::FileDeleted,
        Self::FileRestored,
        Self::NameClaimed,
        Self::NameLifted,
        Self::CampaignOpened,
        Self::CampaignGrew,
        Self::CampaignReopened,
        Self::CampaignMerged,
        Self::CampaignSplit,
        Self::CampaignLeft,
        Self::CampaignClosed,
        Self::SwitchSet,
        Self::SwitchLifted,
        Self::ProvenanceLost,
        Self::PublisherChanged,
        Self::NameConfusable,
        Self::RequirementUnseen,
        Self::RolesChanged,
        Self::ProvenanceBroken,
        Self::FoundWorse,
    ];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::UpstreamSet => "upstream-set",
            Self::PageChanged => "page-changed",
            Self::PageGone => "page-gone",
            Self::FileFetched => "file-fetched",
            Self::FileInspected => "file-inspected",
            Self::DigestChanged => "digest-changed",
            Self::DigestMismatch => "digest-mismatch",
            Self::MetadataPassed => "metadata-passed",
            Self::RulingMade => "ruling-made",
            Self::RulingWithdrawn => "ruling-withdrawn",
            Self::AdvisoryImported => "advisory-imported",
            Self::ProjectMade => "project-made",
            Self::FileUploaded => "file-uploaded",
            Self::UploadBlocked => "upload-blocked",
            Self::Yanked => "yanked",
            Self::Unyanked => "unyanked",
            Self::StatusSet => "status-set",
            Self::Quarantined => "quarantined",
            Self::QuarantineLifted => "quarantine-lifted",
            Self::FileDeleted => "file-deleted",
            Self::FileRestored => "file-restored",
            Self::NameClaimed => "name-claimed",
            Self::NameLifted => "name-lifted",
            Self::CampaignOpened => "campaign-opened",
            Self::CampaignGrew => "campaign-grew",
            Self::CampaignReopened => "campaign-reopened",
            Self::CampaignMerged => "campaign-merged",
            Self::CampaignSplit => "campaign-split",
            Self::CampaignLeft => "campaign-left",
            Self::CampaignClosed => "campaign-closed",
            Self::SwitchSet => "switch-set",
            Self::SwitchLifted => "switch-lifted",
            Self::ProvenanceLost => "provenance-lost",
            Self::PublisherChanged => "publisher-changed",
            Self::NameConfusable => "name-confusable",
            Self::RequirementUnseen => "requirement-unseen",
            Self::RolesChanged => "roles-changed",
            Self::ProvenanceBroken => "provenance-broken",
            Self::FoundWorse => "found-worse",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// One line of the ordered log of everything that changed on the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its place in the order, from 1; 0 before it is written.
    pub serial: u64,
    /// When.
    pub at: Timestamp,
    /// What changed.
    pub kind: JournalKind,
    /// The project it concerns.
    pub project: Option<ProjectName>,
    /// The file it concerns.
    pub file_name: Option<String>,
    /// The content it concerns.
    pub sha256: Option<Sha256>,
    /// In words.
    pub detail: String,
}

impl JournalEntry {
    /// An entry about the index as a whole.
    pub fn new(at: Timestamp, kind: JournalKind, detail: impl Into<String>) -> Self {
        Self { serial: 0, at, kind, project: None, file_name: None, sha256: None, detail: detail.into() }
    }

    /// An entry about a project.
    #[must_use]
    pub fn of_project(mut self, project: &ProjectName) -> Self {
        self.project = Some(project.clone());
        self
    }

    /// An entry about a file.
    #[must_use]
    pub fn of_file(mut self, key: &crate::FileKey, sha256: Option<Sha256>) -> Self {
        self.project = Some(key.project.clone());
        self.file_name = Some(key.file_name.clone());
        self.sha256 = sha256;
        self
    }
}
