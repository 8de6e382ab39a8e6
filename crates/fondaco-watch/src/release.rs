//! Inspects what was announced: finds its files on the index, fetches each, and gives it to a worker.

use std::fs::File;

use fondaco_model::{AlertKind, PageFile, Timestamp};
use fondaco_pydist::{DistFilename, ProjectName, Version};
use fondaco_upstream::{PageAnswer, UpstreamClient, UpstreamError};
use fondaco_wire::report_v1::Verdict;
use fondaco_worker::{Compared, Job};

use crate::WatchError;
use crate::fetch::{Fetched, NotFetched, fetch, open};
use crate::item::Item;
use crate::ledger::{Inspected, Outcome, Subject};
use crate::watcher::Watcher;

/// A project is established once its first file is so old, in seconds.
const ESTABLISHED_AFTER: i64 = 180 * 86_400;

/// Why something is not inspected now.
pub(crate) enum NotNow {
    /// It is worth another attempt.
    Later(String),
    /// It is not there, or not for us, and that is all there is to say.
    Gone,
    /// Nothing can go on.
    Broken(WatchError),
}

impl From<WatchError> for NotNow {
    fn from(error: WatchError) -> Self {
        Self::Broken(error)
    }
}

/// What of an index's page is inspected.
struct Wanted<'p> {
    subject: Subject,
    files: Vec<&'p PageFile>,
    left_out: u64,
}

impl Watcher {
    /// Inspects an item that was announced at an instant.
    pub(crate) async fn inspect(&mut self, item: &Item, at: Timestamp) -> Result<Outcome, NotNow> {
        match (item, self.client.clone()) {
            (Item::Path { path, .. }, _) => self.inspect_path(path, at).await,
            (Item::Project(project) | Item::Release(project, _) | Item::File(project, _), Some(client)) => {
                self.inspect_of_index(&client, project, item, at).await
            }
            (_, None) => Err(NotNow::Gone),
        }
    }

    async fn inspect_of_index(
        &mut self,
        client: &UpstreamClient,
        project: &ProjectName,
        item: &Item,
        at: Timestamp,
    ) -> Result<Outcome, NotNow> {
        self.turn(client).await?;
        let page = match client.page(project, None).await {
            Ok(PageAnswer::Page { page, .. }) => page,
            // An index's parts learn of news one after the other.
            Ok(_) => return Err(NotNow::Later("the index has no such project".to_owned())),
            Err(error) => return Err(later(&error)),
        };
        let Some(wanted) = self.wanted(&page.files, item, at) else {
            return Err(NotNow::Later("the index has no such release".to_owned()));
        };
        let mut outcome =
            Outcome { subject: Some(wanted.subject), left_out: wanted.left_out, ..Outcome::default() };
        for listed in wanted.files {
            self.turn(client).await?;
            let scratch = self.scratch.clone();
            match fetch(client, &listed.url, self.options.max_file, &scratch).await {
                Ok(fetched) => self.take(&mut outcome, listed, fetched, at).await?,
                Err(NotFetched::TooLarge) => outcome.left_out += 1,
                Err(NotFetched::Io(error)) => return Err(WatchError::Io(scratch, error).into()),
                Err(NotFetched::Index(error)) => match later(&error) {
                    NotNow::Gone => outcome.left_out += 1,
                    other => return Err(other),
                },
            }
        }
        if outcome.files.is_empty() { Err(NotNow::Gone) } else { Ok(outcome) }
    }

    /// Inspects one file of an index; bytes that are not those that it lists are told.
    async fn take(
        &self,
        outcome: &mut Outcome,
        listed: &PageFile,
        fetched: Fetched,
        at: Timestamp,
    ) -> Result<(), WatchError> {
        if let Some(digest) = listed.sha256.filter(|digest| *digest != fetched.sha256) {
            let message =
                format!("{}: the index lists {digest} and sends {}", listed.file_name, fetched.sha256);
            outcome.troubles.push((AlertKind::FeedLied, message));
        }
        let uploaded_at = listed.upload_time.unwrap_or(at).min(self.clock.now());
        let inspected = self.examine(&listed.file_name, fetched, uploaded_at).await?;
        outcome.files.push(inspected);
        Ok(())
    }

    async fn inspect_path(&self, path: &str, at: Timestamp) -> Result<Outcome, NotNow> {
        let Some(folder) = self.source.folder() else { return Err(NotNow::Gone) };
        let path = folder.join(path);
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Ok(name) = file_name.parse::<DistFilename>() else { return Err(NotNow::Gone) };
        let most = self.options.max_file;
        let opened = tokio::task::spawn_blocking(move || open(&path, most)).await;
        let opened = opened.map_err(|error| WatchError::Task(error.to_string()))?;
        let subject = Subject {
            project: name.project().clone(),
            version: name.version().to_string(),
            is_new: true,
            established: self.ledger.is_popular(name.project()),
        };
        let mut outcome = Outcome { subject: Some(subject), ..Outcome::default() };
        match opened {
            Ok(fetched) => {
                outcome.files.push(self.examine(&file_name, fetched, at.min(self.clock.now())).await?);
                Ok(outcome)
            }
            Err(NotFetched::TooLarge) => {
                let message = format!("{file_name} is larger than what is inspected");
                outcome.troubles.push((AlertKind::NotInspected, message));
                Ok(Outcome { subject: None, left_out: 1, ..outcome })
            }
            // Taken away again.
            Err(NotFetched::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => Err(NotNow::Gone),
            Err(NotFetched::Io(error)) => Err(NotNow::Later(error.to_string())),
            Err(NotFetched::Index(error)) => Err(later(&error)),
        }
    }

    /// Gives a file to a worker, and keeps its bytes where they are suspicious.
    async fn examine(
        &self,
        file_name: &str,
        fetched: Fetched,
        uploaded_at: Timestamp,
    ) -> Result<Inspected, WatchError> {
        let io = |error| WatchError::Io(self.scratch.clone(), error);
        let Fetched { file, sha256 } = fetched;
        let mut again: File = file.try_clone().map_err(io)?;
        let job = Job {
            source: file,
            file_name: file_name.to_owned(),
            sha256: Some(sha256),
            kind: None,
            path: file_name.to_owned(),
            suppressions: Vec::new(),
            upload: false,
            predecessor: None,
            publication: None,
            established: false,
        };
        let worker = self.worker.clone();
        let attempt = tokio::task::spawn_blocking(move || worker.attempt(job)).await;
        let attempt = attempt.map_err(|error| WatchError::Task(error.to_string()))?;
        let lost = attempt.is_err();
        let report = attempt.unwrap_or_else(|why| fondaco_worker::failed(file_name, Some(sha256), &why));
        if report.verdict >= Verdict::Suspicious {
            self.kept.keep(sha256, &mut again)?;
        }
        let engine = self.worker.engine(&[], Compared::default());
        Ok(Inspected { file_name: file_name.to_owned(), sha256, uploaded_at, report, engine, lost })
    }

    /// What of a page an item stands for; `None` where it has nothing of it.
    fn wanted<'p>(&self, files: &'p [PageFile], item: &Item, at: Timestamp) -> Option<Wanted<'p>> {
        let named: Vec<(DistFilename, &PageFile)> =
            files.iter().filter_map(|file| Some((file.file_name.parse().ok()?, file))).collect();
        let (project, version, only) = match item {
            Item::Project(project) => {
                (project, named.iter().map(|(name, _)| name.version()).max()?.clone(), None)
            }
            Item::Release(project, version) => (project, version.clone(), None),
            Item::File(project, file_name) => {
                let (name, _) = named.iter().find(|(_, file)| file.file_name == *file_name)?;
                (project, name.version().clone(), Some(file_name))
            }
            Item::Path { .. } => return None,
        };
        let is_wanted = |name: &DistFilename, file: &PageFile| {
            *name.version() == version && only.is_none_or(|only| *only == file.file_name)
        };
        let mut wanted: Vec<&PageFile> =
            named.iter().filter(|(name, file)| is_wanted(name, file)).map(|(_, file)| *file).collect();
        wanted.sort_by_key(|file| (file.file_name.ends_with(".whl"), file.size.unwrap_or(u64::MAX)));
        let left_out = wanted.len().saturating_sub(self.options.files) as u64;
        wanted.truncate(self.options.files);
        if wanted.is_empty() {
            return None;
        }
        let versions: std::collections::BTreeSet<&Version> =
            named.iter().map(|(name, _)| name.version()).collect();
        let first = files.iter().filter_map(|file| file.upload_time).min().unwrap_or(at);
        let age = self.clock.now().as_second().saturating_sub(first.as_second());
        let subject = Subject {
            project: project.clone(),
            version: version.to_string(),
            is_new: versions.len() == 1,
            established: age >= ESTABLISHED_AFTER || self.ledger.is_popular(project),
        };
        Some(Wanted { subject, files: wanted, left_out })
    }
}

/// What an error of an index means for one item.
fn later(error: &UpstreamError) -> NotNow {
    match error {
        // Another Fondaco refuses what is bad; and what is gone is gone.
        UpstreamError::Status { status: 401 | 403 | 404 | 410 | 451, .. } => NotNow::Gone,
        other => NotNow::Later(other.to_string()),
    }
}
