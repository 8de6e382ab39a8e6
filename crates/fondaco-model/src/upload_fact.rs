use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::{Upload, account_of};

/// For how long nothing has to be uploaded to a project before the next upload is told as one after a
/// silence: accounts and addresses of abandoned projects are what is taken over.
const SILENCE: Duration = Duration::from_secs(365 * 86_400);

/// What is other about who uploads than with the uploads before. Each is a fact for a reviewer, and no
/// verdict: projects change hands every day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UploadFactKind {
    /// An account that has never uploaded to the project.
    UploaderNew,
    /// Another kind of credential than all before: a token, where only a trusted publisher was.
    CredentialChanged,
    /// A network from which nobody has uploaded to the project.
    NetworkNew,
    /// The first upload for a year or more.
    LongSilence,
}

impl UploadFactKind {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::UploaderNew, Self::CredentialChanged, Self::NetworkNew, Self::LongSilence];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::UploaderNew => "uploader-new",
            Self::CredentialChanged => "credential-changed",
            Self::NetworkNew => "network-new",
            Self::LongSilence => "long-silence",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// One such fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadFact {
    /// What is other.
    pub kind: UploadFactKind,
    /// How it was, and how it is, in one line.
    pub detail: String,
}

/// Uploads to a project that were taken, from one network, by one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastUploads {
    /// Who: `user:ID NAME`.
    pub by: String,
    /// From which network, where that is known.
    pub network: Option<String>,
    /// Whether they are of the release that is uploaded to now.
    pub same_release: bool,
    /// When the last of them was.
    pub last: Timestamp,
}

/// What an account uploads with, as people read it.
fn credential(account: &str) -> &'static str {
    match account.split(':').next() {
        Some("publisher") => "a trusted publisher",
        Some("user") => "a person's token",
        _ => "an operator's token",
    }
}

/// Whether an account uploads to a project for the first time where others have done so before.
pub fn is_first_upload(by: &str, past: &[PastUploads]) -> bool {
    !past.is_empty() && past.iter().all(|one| account_of(&one.by) != account_of(by))
}

/// What is other about who uploads than with the uploads to the project before. What the same account has
/// uploaded to the same release is not before: each file of a release has the same facts. The first
/// release of a project has nothing before it.
pub fn upload_facts(upload: &Upload, past: &[PastUploads]) -> Vec<UploadFact> {
    let account = account_of(&upload.uploaded_by);
    let before: Vec<&PastUploads> =
        past.iter().filter(|one| !(one.same_release && account_of(&one.by) == account)).collect();
    let Some(last) = before.iter().map(|one| one.last).max() else { return Vec::new() };
    let mut facts = Vec::new();
    let mut tell = |kind, detail: String| facts.push(UploadFact { kind, detail });
    let accounts: BTreeSet<&str> = before.iter().map(|one| account_of(&one.by)).collect();
    if !accounts.contains(account) {
        let others = if accounts.len() == 1 { "one other has" } else { "others have" };
        tell(UploadFactKind::UploaderNew, format!("never uploaded to the project before; {others}"));
    }
    let credentials: BTreeSet<&str> = accounts.iter().map(|one| credential(one)).collect();
    let now = credential(account);
    if !credentials.contains(now) {
        let used = credentials.into_iter().collect::<Vec<_>>().join(" and ");
        tell(UploadFactKind::CredentialChanged, format!("by {now}, and before by {used} alone"));
    }
    // The machines of a trusted publisher have another address each time, which says nothing.
    let by_hand = |account: &str| !account.starts_with("publisher:");
    let networks: BTreeSet<&str> =
        before.iter().filter(|one| by_hand(&one.by)).filter_map(|one| one.network.as_deref()).collect();
    if let Some(network) = upload.network.as_deref().filter(|_| by_hand(account))
        && !networks.is_empty()
        && !networks.contains(network)
    {
        tell(UploadFactKind::NetworkNew, format!("from {network}, from where nothing was uploaded before"));
    }
    let silence = Duration::try_from(upload.uploaded_at.duration_since(last)).unwrap_or_default();
    if silence >= SILENCE {
        let days = silence.as_secs() / 86_400;
        tell(UploadFactKind::LongSilence, format!("nothing was uploaded for {days} days"));
    }
    facts
}

#[cfg(test)]
mod tests {
    use fondaco_pydist::Sha256;

    use super::*;
    use UploadFactKind::{CredentialChanged, LongSilence, NetworkNew, UploaderNew};

    const NOW: &str = "2026-06-01T00:00:00Z";

    fn upload(by: &str, network: &str) -> Upload {
        Upload {
            id: "u".to_owned(),
            project: "ours".parse().unwrap(),
            file_name: "ours-2.tar.gz".to_owned(),
            version: "2".parse().unwrap(),
            sha256: Sha256::of(b""),
            taken: true,
            uploaded_by: by.to_owned(),
            uploaded_at: NOW.parse().unwrap(),
            network: Some(network.to_owned()).filter(|text| !text.is_empty()),
        }
    }

    fn past(by: &str, network: &str, last: &str) -> PastUploads {
        PastUploads {
            by: by.to_owned(),
            network: Some(network.to_owned()).filter(|text| !text.is_empty()),
            same_release: false,
            last: last.parse().unwrap(),
        }
    }

    #[track_caller]
    fn kinds(upload: &Upload, past: &[PastUploads], expected: &[UploadFactKind]) {
        let facts = upload_facts(upload, past);
        assert_eq!(facts.iter().map(|fact| fact.kind).collect::<Vec<_>>(), expected, "{facts:?}");
        assert!(facts.iter().all(|fact| !fact.detail.is_empty() && !fact.detail.contains('\n')));
    }

    const MAY: &str = "2026-05-01T00:00:00Z";

    #[test]
    fn nothing_is_other_where_nothing_was_before_or_all_is_the_same() {
        kinds(&upload("user:a ann", "192.0.2.0/24"), &[], &[]);
        let same = past("user:a ann", "192.0.2.0/24", MAY);
        kinds(&upload("user:a ann", "192.0.2.0/24"), std::slice::from_ref(&same), &[]);
        // Somebody who calls themselves otherwise now is the same account.
        kinds(&upload("user:a anna", "192.0.2.0/24"), std::slice::from_ref(&same), &[]);
        // Nothing is known of where uploads came from before.
        kinds(&upload("user:a ann", "192.0.2.0/24"), &[past("user:a ann", "", MAY)], &[]);
        kinds(&upload("user:a ann", ""), &[same], &[]);
    }

    #[test]
    fn each_is_told_by_itself() {
        let before = [past("user:a ann", "192.0.2.0/24", MAY)];
        kinds(&upload("user:b bob", "192.0.2.0/24"), &before, &[UploaderNew]);
        kinds(&upload("user:a ann", "198.51.100.0/24"), &before, &[NetworkNew]);
        let publisher = [past("publisher:p github acme/ours", "203.0.113.0/24", MAY)];
        kinds(&upload("token:t ci", "203.0.113.0/24"), &publisher, &[UploaderNew, CredentialChanged]);
        kinds(&upload("publisher:p x", "198.51.100.0/24"), &publisher, &[]);
        let long_ago = [past("user:a ann", "192.0.2.0/24", "2025-06-01T00:00:00Z")];
        kinds(&upload("user:a ann", "192.0.2.0/24"), &long_ago, &[LongSilence]);
        let less = [past("user:a ann", "192.0.2.0/24", "2025-06-01T00:00:01Z")];
        kinds(&upload("user:a ann", "192.0.2.0/24"), &less, &[]);
        // A takeover of what was left alone.
        let all = [past("publisher:p x", "", "2022-01-01T00:00:00Z"), long_ago[0].clone()];
        kinds(
            &upload("token:t ci", "198.51.100.0/24"),
            &all,
            &[UploaderNew, CredentialChanged, NetworkNew, LongSilence],
        );
        let facts = upload_facts(&upload("token:t ci", ""), &publisher);
        assert_eq!(facts[1].detail, "by an operator's token, and before by a trusted publisher alone");
    }

    #[test]
    fn each_file_of_a_release_has_the_same_facts() {
        let owner = past("user:a ann", "192.0.2.0/24", MAY);
        let own = PastUploads { same_release: true, ..past("user:b bob", "198.51.100.0/24", MAY) };
        let second = upload("user:b bob", "198.51.100.0/24");
        kinds(&second, &[owner, own.clone()], &[UploaderNew, NetworkNew]);
        // The first release of a project is nobody's takeover, also with its second file...
        kinds(&second, &[own], &[]);
        // ... unless it comes from somebody else.
        let first = PastUploads { same_release: true, ..past("user:a ann", "192.0.2.0/24", MAY) };
        kinds(&second, &[first], &[UploaderNew, NetworkNew]);
    }

    #[test]
    fn the_first_upload_of_an_account() {
        let before = [past("user:a ann", "", MAY)];
        assert!(!is_first_upload("user:a ann", &[]), "of a new project nobody has to be told");
        assert!(!is_first_upload("user:a anna", &before));
        assert!(is_first_upload("user:ab ann", &before));
        let own = [PastUploads { same_release: true, ..before[0].clone() }];
        assert!(!is_first_upload("user:a ann", &own));
    }

    #[test]
    fn ids() {
        for kind in UploadFactKind::ALL {
            assert_eq!(UploadFactKind::from_id(kind.id()), Some(kind));
        }
    }
}
