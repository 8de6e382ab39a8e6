//! Writes down what became of one announced thing: evidence, campaigns, counts, alerts, and that it is
//! done, in one transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use fondaco_campaign::{CampaignId, Event};
use fondaco_clustering::{Clustered, Clusterer, Seen};
use fondaco_model::{
    Alert, AlertKind, EmailAddress, Evidence, FileKey, Notice, NoticeKind, Timestamp, UpstreamName,
};
use fondaco_names::{Engine, Own, Popular};
use fondaco_pydist::{ProjectName, Sha256};
use fondaco_store::{Store, Tx};
use fondaco_verdict::Verdict;
use fondaco_wire::report_v1::{Report, Verdict as Wire};
use serde_json::json;

use crate::WatchError;
use crate::alarm::{NAMED, alert, is_worth_telling};
use crate::statistics::{
    BAD, BEHAVIOUR, FILES, GIVEN_UP, GONE, LEFT_OUT, LOOKALIKES, RELEASES, VERDICT, day_of,
};
use crate::waves;

/// Titles that are kept beside a verdict.
const TITLES: usize = 4;
/// Sentences of a story in an alert.
const SENTENCES: usize = 8;

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The project.
    pub project: ProjectName,
    /// The version, or several.
    pub version: String,
    /// Whether this is the first that the index has of it.
    pub is_new: bool,
    /// Whether people have relied on the project for long.
    pub established: bool,
}

/// One inspected file.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspected {
    /// Its name.
    pub file_name: String,
    /// Its digest.
    pub sha256: Sha256,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// What was found.
    pub report: Report,
    /// What the report rests on.
    pub engine: String,
    /// Whether the inspection itself was lost.
    pub lost: bool,
}

/// What became of one announced thing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// What it is; absent where it could not be had.
    pub subject: Option<Subject>,
    /// Its files.
    pub files: Vec<Inspected>,
    /// Files that were not inspected.
    pub left_out: u64,
    /// Where it could not be had: whether it is gone, which is no trouble.
    pub gone: bool,
    /// What was not so, or went wrong, in one sentence each.
    pub troubles: Vec<(AlertKind, String)>,
}

impl Outcome {
    /// The worst verdict.
    pub fn verdict(&self) -> Option<Verdict> {
        self.files.iter().map(|file| verdict_of(file.report.verdict)).max()
    }
}

/// Writes down outcomes.
pub struct Ledger {
    store: Store,
    clusterer: Clusterer,
    names: Engine,
    /// The feed.
    feed: String,
    mailed: Mailed,
}

/// Who gets mails, and how many went out in this hour.
#[derive(Default)]
struct Mailed {
    to: Vec<EmailAddress>,
    hour: Mutex<(i64, usize)>,
}

/// Mails in an hour; a wave is no reason for more, and the file and the webhooks have everything.
const MAILS: usize = 20;

impl Mailed {
    /// Whether one more may go out.
    fn may(&self, at: Timestamp) -> bool {
        let now = at.as_second().div_euclid(3_600);
        let mut hour = self.hour.lock().unwrap_or_else(PoisonError::into_inner);
        if hour.0 != now {
            *hour = (now, 0);
        }
        hour.1 += 1;
        hour.1 <= MAILS
    }
}

impl Ledger {
    /// For what a feed announces.
    pub fn new(store: Store, feed: &str) -> Self {
        let names = Engine::new(&Popular::embedded(), Own::default());
        let mailed = Mailed::default();
        Self { store, clusterer: Clusterer::default(), names, feed: feed.to_owned(), mailed }
    }

    /// Whoever gets a mail for each alert about an attack, and about a feed that fails; at most twenty an
    /// hour.
    #[must_use]
    pub fn mailing(mut self, to: Vec<EmailAddress>) -> Self {
        self.mailed.to = to;
        self
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The feed.
    pub fn feed(&self) -> &str {
        &self.feed
    }

    /// Whether a name is one of the popular ones.
    pub(crate) fn is_popular(&self, project: &ProjectName) -> bool {
        self.names.rank(project.as_str()).is_some()
    }

    /// Writes down what became of an item.
    ///
    /// # Errors
    /// When the database fails; nothing is written then.
    pub async fn keep(&self, item: &str, outcome: &Outcome, now: Timestamp) -> Result<(), WatchError> {
        let mut tx = self.store.begin().await?;
        let mut alerts = Vec::new();
        let mut clustered = Clustered::nothing();
        if let Some(subject) = &outcome.subject {
            let target = self.names.spelling(subject.project.as_str()).confusable.map(|found| found.target);
            for file in &outcome.files {
                clustered = self.file(&mut tx, clustered, (subject, target.as_deref(), file), now).await?;
            }
            alerts.extend(of_release(subject, outcome, target.as_deref(), now));
            if let Some(target) = target.as_deref().filter(|_| subject.is_new && !subject.established) {
                alerts.extend(self.lookalike(&mut tx, &subject.project, target, now).await?);
            }
        }
        self.count(&mut tx, outcome, now).await?;
        alerts.extend(of_campaigns(&mut tx, clustered.events(), now).await?);
        for (kind, message) in &outcome.troubles {
            let detail = json!({"feed": self.feed, "item": item});
            alerts.push(alert(now, *kind, item, message.clone(), detail));
        }
        for alert in &alerts {
            self.tell(&mut tx, alert).await?;
        }
        tx.done_watching(&self.feed, item, now).await?;
        tx.commit().await?;
        clustered.keep(&self.clusterer);
        Ok(())
    }

    async fn file(
        &self,
        tx: &mut Tx,
        clustered: Clustered,
        (subject, target, file): (&Subject, Option<&str>, &Inspected),
        now: Timestamp,
    ) -> Result<Clustered, WatchError> {
        let evidence = evidence(file, now)?;
        // What is clean leaves its fingerprint, and a count.
        if evidence.verdict != Verdict::Clean {
            tx.set_evidence(&evidence).await?;
        }
        let key = FileKey {
            upstream: UpstreamName::default_upstream(),
            project: subject.project.clone(),
            file_name: file.file_name.clone(),
        };
        let seen = Seen {
            key: &key,
            evidence: &evidence,
            account: None,
            uploaded_at: file.uploaded_at,
            established: subject.established,
            target: target.map(str::to_owned),
        };
        Ok(self.clusterer.one_more(clustered, (&self.store, tx), seen, now).await?)
    }

    async fn lookalike(
        &self,
        tx: &mut Tx,
        project: &ProjectName,
        target: &str,
        now: Timestamp,
    ) -> Result<Option<Alert>, WatchError> {
        if !tx.add_lookalike(project, target, now).await? {
            return Ok(None);
        }
        tx.count_watched(&day_of(now), LOOKALIKES, 1).await?;
        Ok(waves::check(&self.store, (project, target), now).await?)
    }

    /// Writes an alert down, with the notice that webhooks get and the mails.
    pub(crate) async fn tell(&self, tx: &mut Tx, alert: &Alert) -> Result<(), WatchError> {
        tx.alert(alert).await?;
        let text = fondaco_verdict::printable(&alert.message);
        tx.add_notice(&Notice::new(NoticeKind::WatchAlert, &alert.subject, &text, alert.at)).await?;
        let is_mailed = alert.kind.is_attack() || alert.kind == AlertKind::FeedFailing;
        if is_mailed && !self.mailed.to.is_empty() && self.mailed.may(alert.at) {
            let body = format!("{text}\n\n{}\n\nwatched: {}\n", crate::jsonl::line(alert), self.feed);
            for to in &self.mailed.to {
                tx.queue_mail(to, (&format!("[fondaco] {}", alert.kind.id()), &body), alert.at).await?;
            }
        }
        Ok(())
    }

    async fn count(&self, tx: &mut Tx, outcome: &Outcome, now: Timestamp) -> Result<(), WatchError> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut add = |what: &str, many: u64| *counts.entry(what.to_owned()).or_default() += many;
        match outcome.verdict() {
            Some(verdict) => {
                add(RELEASES, 1);
                add(FILES, outcome.files.len() as u64);
                add(&format!("{VERDICT}{}", verdict.id()), 1);
                let behaviours: BTreeSet<&str> = outcome
                    .files
                    .iter()
                    .flat_map(|file| file.report.behaviours.iter().map(|one| one.id.as_str()))
                    .collect();
                for id in behaviours {
                    add(&format!("{BEHAVIOUR}{id}"), 1);
                    if verdict >= Verdict::Suspicious {
                        add(&format!("{BAD}{id}"), 1);
                    }
                }
            }
            None if outcome.gone => add(GONE, 1),
            None => add(GIVEN_UP, 1),
        }
        add(LEFT_OUT, outcome.left_out);
        for (what, many) in counts.into_iter().filter(|(_, many)| *many > 0) {
            tx.count_watched(&day_of(now), &what, many).await?;
        }
        Ok(())
    }
}

fn verdict_of(verdict: Wire) -> Verdict {
    match verdict {
        Wire::Clean => Verdict::Clean,
        Wire::Incomplete => Verdict::Incomplete,
        Wire::Suspicious => Verdict::Suspicious,
        Wire::Malicious => Verdict::Malicious,
    }
}

fn evidence(file: &Inspected, now: Timestamp) -> Result<Evidence, WatchError> {
    Ok(Evidence {
        sha256: file.sha256,
        file_name: file.file_name.clone(),
        engine: file.engine.clone(),
        verdict: verdict_of(file.report.verdict),
        titles: titles(&file.report),
        metadata: file.report.metadata_sha256.as_deref().and_then(|hex| hex.parse().ok()),
        lost: file.lost,
        attempt: 1,
        inspected_at: now,
        report: serde_json::to_string(&file.report)?,
    })
}

/// The titles of the rules behind a verdict, strongest first: ours, whatever the worker says.
fn titles(report: &Report) -> Vec<String> {
    let mut titles: Vec<String> = Vec::new();
    for finding in report.findings.iter().filter(|finding| finding.is_evidence()) {
        if let Some(title) = fondaco_worker::rule_title(&finding.rule)
            && !titles.iter().any(|known| known == title)
        {
            titles.push(title.to_owned());
        }
    }
    titles.truncate(TITLES);
    titles
}

fn of_release(subject: &Subject, outcome: &Outcome, target: Option<&str>, now: Timestamp) -> Option<Alert> {
    let worst = outcome.files.iter().filter(|file| file.report.verdict == Wire::Malicious);
    let worst = worst.max_by(|a, b| a.report.score.total_cmp(&b.report.score))?;
    let name = format!("{} {}", subject.project, subject.version);
    let why = titles(&worst.report).join("; ");
    let behaviours: Vec<&str> = worst.report.behaviours.iter().map(|one| one.id.as_str()).collect();
    let story: Vec<&String> = worst.report.story.iter().take(SENTENCES).collect();
    let files: Vec<_> = outcome
        .files
        .iter()
        .map(|file| {
            json!({
                "file_name": file.file_name,
                "sha256": file.sha256.to_string(),
                "verdict": verdict_of(file.report.verdict).id(),
            })
        })
        .collect();
    let detail = json!({
        "project": subject.project.as_str(),
        "version": subject.version,
        "new_project": subject.is_new,
        "target": target,
        "score": worst.report.score,
        "behaviours": behaviours,
        "story": story,
        "files": files,
    });
    Some(alert(now, AlertKind::MaliciousRelease, &name, format!("{name} is malicious: {why}"), detail))
}

/// One alert for each campaign that something became of.
async fn of_campaigns(tx: &mut Tx, events: &[Event], now: Timestamp) -> Result<Vec<Alert>, WatchError> {
    let mut kinds: BTreeMap<CampaignId, AlertKind> = BTreeMap::new();
    for event in events {
        let kind = match event {
            Event::Opened { .. } => AlertKind::CampaignOpened,
            Event::Reopened { .. } => AlertKind::CampaignReopened,
            Event::Grew { .. } => AlertKind::CampaignGrew,
            Event::Merged { .. } | Event::Split { .. } | Event::Left { .. } => continue,
        };
        let known = kinds.entry(event.campaign()).or_insert(kind);
        if *known == AlertKind::CampaignGrew {
            *known = kind;
        }
    }
    let mut alerts = Vec::new();
    for (campaign, kind) in kinds {
        let (members, projects) = tx.campaign_size(campaign).await?;
        if kind == AlertKind::CampaignGrew && !is_worth_telling(members) {
            continue;
        }
        let named = tx.newest_members_of(campaign, NAMED as u32).await?;
        let what = match kind {
            AlertKind::CampaignOpened => "was opened",
            AlertKind::CampaignReopened => "has come back",
            _ => "has grown",
        };
        let names: BTreeSet<&str> = named.iter().map(|one| one.project.as_str()).collect();
        let targets: BTreeSet<&str> = named.iter().filter_map(|one| one.target.as_deref()).collect();
        let message = format!("campaign {campaign} {what}: {members} files of {projects} projects");
        let detail = json!({
            "campaign": campaign.to_string(),
            "members": members,
            "projects": projects,
            "newest": names,
            "targets": targets,
        });
        alerts.push(alert(now, kind, &campaign.to_string(), message, detail));
    }
    Ok(alerts)
}
