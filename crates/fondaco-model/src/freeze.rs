use fondaco_pydist::{ProjectName, Sha256};
use jiff::Timestamp;

use crate::{AdvisoryId, Observer, Scope};

/// One thing that an act froze.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Frozen {
    /// A project, a release or a file of the act's project is in quarantine.
    Quarantine {
        /// The release; the whole project where absent.
        release: Option<String>,
        /// The file.
        file_name: Option<String>,
    },
    /// A file of our own was deleted.
    File(String),
    /// A record of our own says that it is malware.
    Advisory(AdvisoryId),
    /// An account may do nothing.
    Account(String),
}

impl Frozen {
    /// As it is stored and told: what kind of thing, and which.
    pub fn told(&self) -> (&'static str, String, String) {
        match self {
            Self::Quarantine { release, file_name } => {
                ("quarantine", release.clone().unwrap_or_default(), file_name.clone().unwrap_or_default())
            }
            Self::File(name) => ("file", String::new(), name.clone()),
            Self::Advisory(id) => ("advisory", id.to_string(), String::new()),
            Self::Account(account) => ("account", account.clone(), String::new()),
        }
    }

    /// What was stored so.
    pub fn of(kind: &str, subject: String, file_name: String) -> Option<Self> {
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        match kind {
            "quarantine" => Some(Self::Quarantine { release: given(subject), file_name: given(file_name) }),
            "file" => Some(Self::File(file_name)),
            "advisory" => subject.parse().ok().map(Self::Advisory),
            "account" => Some(Self::Account(subject)),
            _ => None,
        }
    }
}

/// An act that froze something, with the list of what it froze: what is undone when an appeal is
/// granted is this and no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    /// Its id: random.
    pub id: String,
    /// What it was about.
    pub scope: Scope,
    /// Why.
    pub reason: String,
    /// Who.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// When it was lifted.
    pub lifted_at: Option<Timestamp>,
    /// What it froze.
    pub frozen: Vec<Frozen>,
}

/// What an appeal is against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// An act that froze something, by its id.
    Act(String),
    /// An upload that is held or was blocked.
    Upload(AppealedUpload),
}

/// The upload that an appeal is against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealedUpload {
    /// Its id.
    pub id: String,
    /// The file's name.
    pub file_name: String,
    /// The content: what a granted appeal allows.
    pub sha256: Sha256,
}

impl Against {
    /// For the audit log and the desk: `act ID` or `upload ID`.
    pub fn told(&self) -> String {
        match self {
            Self::Act(id) => format!("act {id}"),
            Self::Upload(upload) => format!("upload {}", upload.id),
        }
    }
}

/// The owner of a project says that it was frozen wrongly, or somebody that their upload was held or
/// blocked wrongly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// Its id: random.
    pub id: String,
    /// The project.
    pub project: ProjectName,
    /// What it is against.
    pub against: Against,
    /// In the owner's words.
    pub text: String,
    /// Who.
    pub made_by: Observer,
    /// When.
    pub made_at: Timestamp,
    /// What became of it; `None` while it is open.
    pub decision: Option<AppealDecided>,
}

/// What a reviewer decided, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealDecided {
    /// Whether what was frozen is free again, and the content of the upload allowed.
    pub granted: bool,
    /// Why, in the reviewer's words; the owner reads it.
    pub note: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}
