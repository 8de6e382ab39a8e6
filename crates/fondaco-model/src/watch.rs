use jiff::Timestamp;

/// How far a watcher has come in a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WatchedFeed {
    /// Up to where it was read, as the feed counts; empty at first.
    pub cursor: String,
    /// The ETag of the last answer.
    pub etag: Option<String>,
    /// Polls that failed, one after the other.
    pub failures: u32,
    /// Since when they fail.
    pub failing_since: Option<Timestamp>,
    /// When something new was last in it.
    pub news_at: Option<Timestamp>,
    /// Whether it was told that it fails, or that nothing new comes.
    pub told: bool,
}

/// Something that a feed has announced, and that is to be inspected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// What, as the watcher writes it.
    pub item: String,
    /// When it was published, as the feed says, and at most the time at which it was read.
    pub announced_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is to be tried next.
    pub due_at: Timestamp,
}

/// What a watcher tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlertKind {
    /// A campaign was opened.
    CampaignOpened,
    /// A campaign has more members.
    CampaignGrew,
    /// A campaign that was closed or quiet has a new member.
    CampaignReopened,
    /// A release was found malicious.
    MaliciousRelease,
    /// Many new names that can be mistaken for others came at once.
    LookalikeWave,
    /// A feed fails for long.
    FeedFailing,
    /// It is read again.
    FeedRecovered,
    /// A feed has less than it had: it was set back, or it is another one.
    FeedJumpedBack,
    /// A feed shows only its newest entries, and some were missed between two polls.
    FeedGap,
    /// A feed answers, and for long nothing new is in it.
    FeedQuiet,
    /// More is announced than is inspected in the time.
    FeedOverflow,
    /// A feed, or the index that it is of, says what is not so.
    FeedLied,
    /// Something that was announced could not be inspected.
    NotInspected,
}

impl AlertKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::CampaignOpened,
        Self::CampaignGrew,
        Self::CampaignReopened,
        Self::MaliciousRelease,
        Self::LookalikeWave,
        Self::FeedFailing,
        Self::FeedRecovered,
        Self::FeedJumpedBack,
        Self::FeedGap,
        Self::FeedQuiet,
        Self::FeedOverflow,
        Self::FeedLied,
        Self::NotInspected,
    ];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::CampaignOpened => "campaign-opened",
            Self::CampaignGrew => "campaign-grew",
            Self::CampaignReopened => "campaign-reopened",
            Self::MaliciousRelease => "malicious-release",
            Self::LookalikeWave => "lookalike-wave",
            Self::FeedFailing => "feed-failing",
            Self::FeedRecovered => "feed-recovered",
            Self::FeedJumpedBack => "feed-jumped-back",
            Self::FeedGap => "feed-gap",
            Self::FeedQuiet => "feed-quiet",
            Self::FeedOverflow => "feed-overflow",
            Self::FeedLied => "feed-lied",
            Self::NotInspected => "not-inspected",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// Whether it is about an attack, and not about the feed.
    pub fn is_attack(self) -> bool {
        matches!(
            self,
            Self::CampaignOpened
                | Self::CampaignGrew
                | Self::CampaignReopened
                | Self::MaliciousRelease
                | Self::LookalikeWave
        )
    }
}

/// Something that a watcher tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its place in the order, from 1; 0 before it is written.
    pub serial: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: AlertKind,
    /// About what: a release, a campaign's id, a feed.
    pub subject: String,
    /// One sentence.
    pub message: String,
    /// What is known of it, as a JSON object.
    pub detail: String,
}
