use std::collections::BTreeSet;
use std::path::Path;

use fondaco_model::{
    Advisory, AdvisoryKind, AuditAction, AuditEvent, Clock, JournalEntry, JournalKind, Notice, NoticeKind,
};
use fondaco_pydist::ProjectName;
use fondaco_store::Store;
use tokio::sync::mpsc;

use super::records::{self, Record};
use super::{FeedError, Imported, ServedMalware};

/// Records in one transaction.
const BATCH: usize = 500;
/// Files that operators get a notice of, of one import.
const TOLD: usize = 100;

/// Imports the records below a path. `subject` names the feed in the audit log, `actor` who has it
/// imported.
///
/// # Errors
/// When the path can't be read or the database fails; what was taken until then stays.
pub async fn import(
    store: &Store,
    clock: &dyn Clock,
    path: &Path,
    subject: &str,
    actor: &str,
) -> Result<Imported, FeedError> {
    let (sender, mut records) = mpsc::channel::<Record>(BATCH);
    let path = path.to_owned();
    let reader = tokio::task::spawn_blocking(move || {
        records::read(&path, &mut |record| sender.blocking_send(record).is_ok())
    });
    let (mut imported, mut projects, mut batch) = (Imported::default(), BTreeSet::new(), Vec::new());
    while let Some(record) = records.recv().await {
        match record {
            Record::Advisory(advisory) => batch.push(*advisory),
            Record::Elsewhere => imported.elsewhere += 1,
            Record::Unreadable(why) => {
                imported.unreadable += 1;
                imported.first_unreadable.get_or_insert(why);
            }
        }
        if batch.len() >= BATCH {
            take(store, clock, &mut batch, &mut imported, &mut projects).await?;
        }
    }
    take(store, clock, &mut batch, &mut imported, &mut projects).await?;
    if imported.malware + imported.vulnerabilities > 0 {
        let mut tx = store.begin().await?;
        tx.audit(&AuditEvent {
            at: clock.now(),
            actor: actor.to_owned(),
            action: AuditAction::ImportAdvisories,
            subject: subject.to_owned(),
            reason: String::new(),
            detail: imported.to_string(),
        })
        .await?;
        tx.commit().await?;
    }
    for project in &projects {
        imported.served.extend(served(store, project).await?);
    }
    tell(store, clock, &imported.served).await?;
    // Last, so that what was read before it failed is taken, and told of.
    match reader.await {
        Ok(outcome) => outcome.map(|()| imported),
        Err(error) => Err(FeedError::Unreadable { path: subject.into(), why: error.to_string() }),
    }
}

/// Takes what is newer than what is here.
async fn take(
    store: &Store,
    clock: &dyn Clock,
    batch: &mut Vec<Advisory>,
    imported: &mut Imported,
    projects: &mut BTreeSet<ProjectName>,
) -> Result<(), FeedError> {
    let mut news: Vec<Advisory> = Vec::new();
    for advisory in batch.drain(..) {
        // A feed may be older than what is here; an older state replaces nothing.
        match store.advisory_state(&advisory.id).await? {
            // What our own reviewers have said is not a feed's to change.
            Some((known, own)) if own || known >= advisory.modified => imported.unchanged += 1,
            _ => news.push(advisory),
        }
    }
    if news.is_empty() {
        return Ok(());
    }
    let mut tx = store.begin().await?;
    for advisory in news {
        // What an older state of it was about is no longer so.
        let mut concerned: BTreeSet<ProjectName> =
            store.projects_of_advisory(&advisory.id).await?.into_iter().collect();
        concerned.extend(advisory.affected.iter().map(|one| one.project.clone()));
        tx.set_advisory(&advisory).await?;
        match advisory.kind {
            AdvisoryKind::Malware => imported.malware += 1,
            AdvisoryKind::Vulnerability => imported.vulnerabilities += 1,
        }
        for project in concerned {
            let entry = JournalEntry::new(clock.now(), JournalKind::AdvisoryImported, advisory.id.as_str());
            tx.journal(&entry.of_project(&project)).await?;
            projects.insert(project);
        }
    }
    Ok(tx.commit().await?)
}

/// Tells the operators what was served that is known to be malware now.
async fn tell(store: &Store, clock: &dyn Clock, served: &[ServedMalware]) -> Result<(), FeedError> {
    if served.is_empty() {
        return Ok(());
    }
    let mut tx = store.begin().await?;
    for ServedMalware { project, file_name, advisory, .. } in served.iter().take(TOLD) {
        let told = format!(
            "{file_name} was served, and is malware by {advisory}; `fondaco admin who-fetched` names whom"
        );
        tx.add_notice(&Notice::new(NoticeKind::FoundWorse, project.as_str(), told, clock.now())).await?;
    }
    if let Some(more) = served.len().checked_sub(TOLD).filter(|more| *more > 0) {
        let told = format!("{more} more files were served that are known to be malware now: see the log");
        tx.add_notice(&Notice::new(NoticeKind::FoundWorse, "", told, clock.now())).await?;
    }
    Ok(tx.commit().await?)
}

/// What was served here before it was known: somebody has to be told.
async fn served(store: &Store, project: &ProjectName) -> Result<Vec<ServedMalware>, FeedError> {
    let mut found = Vec::new();
    // Advisories are about projects of the same name elsewhere.
    if store.own_project(project).await?.is_some() {
        return Ok(found);
    }
    let files = store.files_of_project(project).await?;
    if files.is_empty() {
        return Ok(found);
    }
    let advisories = store.advisories_of(project).await?;
    for file in files.into_iter().filter(|file| !file.key.upstream.is_own()) {
        let Ok(version) = file.release.parse() else { continue };
        let is_about = |a: &&Advisory| a.kind == AdvisoryKind::Malware && a.affects(project, &version);
        let (Some(advisory), Some(sha256)) = (advisories.iter().find(is_about), file.sha256) else {
            continue;
        };
        if store.was_content_served(sha256).await? {
            let (project, file_name) = (file.key.project, file.key.file_name);
            found.push(ServedMalware { project, file_name, sha256, advisory: advisory.id.clone() });
        }
    }
    Ok(found)
}
