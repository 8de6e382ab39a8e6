use jiff::Timestamp;

/// What somebody is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// The breaker has set a measure, blocked a key, or would have.
    BreakerTripped,
    /// More happens than usual; nothing was done.
    Surge,
    /// A person has set or lifted a switch, a block or a ban.
    SwitchChanged,
    /// A campaign was opened.
    CampaignOpened,
    /// A project, release or file was put in quarantine.
    Quarantined,
    /// Malware was confirmed.
    MalwareConfirmed,
    /// A report or an appeal came in.
    Reported,
    /// What was served is found to be bad, by a newer engine or an imported record.
    FoundWorse,
    /// What a newer engine found waits for a person, because it is too much.
    ReinspectionBraked,
    /// What is watched has something bad.
    WatchAlert,
    /// A new name that can be mistaken for another was held or refused.
    NameConfusable,
    /// An operator tries whether notices arrive.
    Test,
}

impl NoticeKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::BreakerTripped,
        Self::Surge,
        Self::SwitchChanged,
        Self::CampaignOpened,
        Self::Quarantined,
        Self::MalwareConfirmed,
        Self::Reported,
        Self::FoundWorse,
        Self::ReinspectionBraked,
        Self::WatchAlert,
        Self::NameConfusable,
        Self::Test,
    ];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::BreakerTripped => "breaker.tripped",
            Self::Surge => "breaker.surge",
            Self::SwitchChanged => "switch.changed",
            Self::CampaignOpened => "campaign.opened",
            Self::Quarantined => "project.quarantined",
            Self::MalwareConfirmed => "malware.confirmed",
            Self::Reported => "report.received",
            Self::FoundWorse => "file.found-worse",
            Self::ReinspectionBraked => "reinspection.braked",
            Self::WatchAlert => "watch.alert",
            Self::NameConfusable => "name.confusable",
            Self::Test => "test",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its number, from 1; 0 before it is written.
    pub id: i64,
    /// Of what kind.
    pub kind: NoticeKind,
    /// What it is about: a switch, a campaign's id, a project.
    pub subject: String,
    /// One or two sentences for a person. No text of a project, no secret.
    pub text: String,
    /// When it happened.
    pub made_at: Timestamp,
}

impl Notice {
    /// A notice that is to be written.
    pub fn new(
        kind: NoticeKind,
        subject: impl Into<String>,
        text: impl Into<String>,
        made_at: Timestamp,
    ) -> Self {
        Self { id: 0, kind, subject: subject.into(), text: text.into(), made_at }
    }
}

/// A notice on its way to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What is told.
    pub notice: Notice,
    /// To which endpoint of the configuration.
    pub endpoint: String,
    /// How often it was tried.
    pub attempts: u32,
}
