use jiff::Timestamp;

use crate::Scope;

/// What an observation says: PyPI's kinds of reports by users and scanners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObservationKind {
    /// It is malware.
    Malware,
    /// It is spam.
    Spam,
    /// It takes the place of somebody's internal project.
    DependencyConfusion,
    /// Something that a reviewer should see.
    SomethingElse,
}

impl ObservationKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Malware, Self::Spam, Self::DependencyConfusion, Self::SomethingElse];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Malware => "is_malware",
            Self::Spam => "is_spam",
            Self::DependencyConfusion => "is_dependency_confusion",
            Self::SomethingElse => "something_else",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// In words, for a form.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Malware => "it is malware",
            Self::Spam => "it is spam",
            Self::DependencyConfusion => "it takes the place of an internal project",
            Self::SomethingElse => "something else",
        }
    }
}

/// What a reviewer made of an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is as it says.
    Confirmed,
    /// It is not malware, or not what else was said.
    NotMalware,
    /// It can't be told from what was given.
    Insufficient,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Confirmed, Self::NotMalware, Self::Insufficient];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::NotMalware => "not_malware",
            Self::Insufficient => "insufficient",
        }
    }

    /// The outcome with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.id() == id)
    }
}

/// Who reports.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Observer {
    /// The account, as audit events begin with it: `token:ID`, `user:NAME`.
    pub account: String,
    /// As it is shown.
    pub name: String,
}

impl Observer {
    /// That of an actor as the audit log has them: the account is the first word.
    pub fn of_actor(actor: &str) -> Self {
        Self { account: account_of(actor).to_owned(), name: actor.to_owned() }
    }
}

/// The account of an actor: `token:ID` of `token:ID LABEL`.
pub fn account_of(actor: &str) -> &str {
    actor.split(' ').next().unwrap_or(actor)
}

/// A report about a project by a person or a scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// Its id: random.
    pub id: String,
    /// What it is about.
    pub scope: Scope,
    /// What it says.
    pub kind: ObservationKind,
    /// In the reporter's words.
    pub summary: String,
    /// Where the evidence can be seen: an address.
    pub evidence: Option<String>,
    /// Who.
    pub observer: Observer,
    /// Whether they were a trusted observer then.
    pub trusted: bool,
    /// When.
    pub made_at: Timestamp,
    /// What became of it; `None` while it is open.
    pub decision: Option<Decided>,
}

/// What a reviewer decided, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What.
    pub outcome: Outcome,
    /// Why, in the reviewer's words; the reporter reads it.
    pub note: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// How the earlier reports of somebody turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrackRecord {
    /// Confirmed.
    pub confirmed: u64,
    /// Not what they said.
    pub refuted: u64,
    /// Open now.
    pub open: u64,
    /// Made in the last 24 hours.
    pub lately: u64,
}

impl TrackRecord {
    /// This and another one, of another account.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            confirmed: self.confirmed + other.confirmed,
            refuted: self.refuted + other.refuted,
            open: self.open + other.open,
            lately: self.lately + other.lately,
        }
    }

    /// The part of decided reports that was right, in percent; `None` before one was decided.
    pub fn precision(self) -> Option<u64> {
        (self.confirmed * 100).checked_div(self.confirmed + self.refuted)
    }
}
