//! Lines of the journal, the audit log and the log of downloads.

use std::collections::BTreeMap;

use fondaco_model::rfc3339;
use serde::Serialize;

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its place in the order.
    pub serial: u64,
    /// When.
    pub at: String,
    /// What changed.
    pub kind: &'static str,
    /// The project.
    pub project: Option<String>,
    /// The file.
    pub file_name: Option<String>,
    /// The content.
    pub sha256: Option<String>,
    /// In words.
    pub detail: String,
}

impl From<&fondaco_model::JournalEntry> for Entry {
    fn from(entry: &fondaco_model::JournalEntry) -> Self {
        Self {
            serial: entry.serial,
            at: rfc3339(entry.at),
            kind: entry.kind.id(),
            project: entry.project.as_ref().map(ToString::to_string),
            file_name: entry.file_name.clone(),
            sha256: entry.sha256.map(|digest| digest.to_string()),
            detail: entry.detail.clone(),
        }
    }
}

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Audited {
    /// Its place in the chain, from 1.
    pub place: u64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub action: &'static str,
    /// From where: an address, `host` for the command line, empty for the index itself.
    pub from: String,
    /// To what.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// What else.
    pub detail: String,
    /// What was there before, where something changed.
    pub before: Option<String>,
    /// What is there since.
    pub after: Option<String>,
    /// The digest of the line before it.
    pub previous: String,
    /// Its own digest, over all of this.
    pub digest: String,
}

impl From<&fondaco_model::AuditRecord> for Audited {
    fn from(record: &fondaco_model::AuditRecord) -> Self {
        let event = &record.event;
        Self {
            place: record.place,
            at: rfc3339(event.at),
            actor: event.actor.clone(),
            from: record.origin.clone(),
            action: event.action.id(),
            subject: event.subject.clone(),
            reason: event.reason.clone(),
            detail: event.detail.clone(),
            before: record.change.before.clone(),
            after: record.change.after.clone(),
            previous: record.previous.to_string(),
            digest: record.digest.to_string(),
        }
    }
}

/// One file that was served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Download {
    /// When.
    pub at: String,
    /// The project.
    pub project: String,
    /// The file.
    pub file_name: String,
    /// The content.
    pub sha256: String,
    /// The client's address.
    pub client: String,
    /// What the client called itself.
    pub user_agent: String,
}

impl From<&fondaco_model::Download> for Download {
    fn from(download: &fondaco_model::Download) -> Self {
        Self {
            at: rfc3339(download.at),
            project: download.project.to_string(),
            file_name: download.file_name.clone(),
            sha256: download.sha256.to_string(),
            client: download.client.clone(),
            user_agent: download.user_agent.clone(),
        }
    }
}

/// One client that was served one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// The client's address.
    pub client: String,
    /// What it called itself.
    pub user_agent: String,
    /// The file.
    pub file_name: String,
    /// The content.
    pub sha256: String,
    /// How often.
    pub times: u64,
    /// The first time.
    pub first: String,
    /// The last time.
    pub last: String,
}

/// How often one content was served to one kind of installer, before it is known to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServedEarlier {
    /// The kind of installer.
    pub installer: &'static str,
    /// How often.
    pub times: u64,
    /// The first day, `2026-01-31`.
    pub first_day: String,
    /// The last day.
    pub last_day: String,
}

impl Fetched {
    /// Who was served what, by client, of downloads in any order.
    pub fn by_client(downloads: impl IntoIterator<Item = fondaco_model::Download>) -> Vec<Self> {
        let mut clients: BTreeMap<(String, String, String), Vec<fondaco_model::Download>> = BTreeMap::new();
        for one in downloads {
            let key = (one.client.clone(), one.user_agent.clone(), one.file_name.clone());
            clients.entry(key).or_default().push(one);
        }
        let told = |((client, user_agent, file_name), downloads): (_, Vec<fondaco_model::Download>)| Self {
            client,
            user_agent,
            file_name,
            sha256: downloads.first().map(|one| one.sha256.to_string()).unwrap_or_default(),
            times: downloads.len() as u64,
            first: downloads.iter().map(|one| one.at).min().map(rfc3339).unwrap_or_default(),
            last: downloads.iter().map(|one| one.at).max().map(rfc3339).unwrap_or_default(),
        };
        clients.into_iter().map(told).collect()
    }
}
