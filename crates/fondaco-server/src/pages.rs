//! What upstream says of a project now: asked for at most once per `page_ttl`, remembered for
//! good, and still good when upstream is gone.

mod sizes;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use fondaco_model::{
    AuditAction, AuditEvent, Deed, FileKey, FileRecord, JournalEntry, JournalKind, Page, PageFile, Timestamp,
};
use fondaco_pydist::{DistFilename, ProjectName};
use fondaco_store::StoredPage;
use fondaco_upstream::{PageAnswer, UpstreamError};
use fondaco_wire::simple;

use crate::app::App;
use crate::layers::Source;
use crate::trouble::Trouble;

/// How long an unreachable upstream is left alone.
const PAUSE: Duration = Duration::from_secs(10);
/// How long a request waits for upstream where an older page is stored.
const GRACE: Duration = Duration::from_secs(3);

/// A project's page as it counts now.
#[derive(Debug, Clone)]
pub(crate) struct CurrentPage {
    /// The page; `None` where upstream has no such project.
    pub(crate) page: Option<Arc<Page>>,
    /// When the answer last differed from the one before.
    pub(crate) changed_at: Timestamp,
    /// When upstream is to be asked again.
    pub(crate) good_until: Timestamp,
    /// Whether upstream could not be asked, and this is what it said before.
    pub(crate) stale: bool,
}

impl CurrentPage {
    fn of(stored: &StoredPage, good_until: Timestamp, stale: bool) -> Result<Self, Trouble> {
        Ok(Self {
            page: stored.listing.as_deref().map(parse).transpose()?.map(Arc::new),
            changed_at: stored.changed_at,
            good_until,
            stale,
        })
    }

    /// There is nothing, at no upstream.
    fn nothing() -> Arc<Self> {
        Arc::new(Self { page: None, changed_at: Timestamp::MIN, good_until: Timestamp::MAX, stale: false })
    }

    /// Its files.
    pub(crate) fn files(&self) -> &[PageFile] {
        self.page.as_ref().map(|page| page.files.as_slice()).unwrap_or_default()
    }
}

/// The page of `project`, as current as the settings want it. A slow upstream holds nobody up who
/// can have an older page.
pub(crate) async fn current(app: &App, project: &ProjectName) -> Result<Arc<CurrentPage>, Trouble> {
    let Some(source) = app.source(project) else { return Ok(CurrentPage::nothing()) };
    let known = app.pages.get(project);
    if let Some(page) = &known
        && app.now() < page.good_until
    {
        return Ok(page.clone());
    }
    let (own, wanted) = (app.clone(), project.clone());
    let flight = app.page_flights.join(project.clone(), || async move { refresh(&own, &wanted).await });
    let landed = |outcome: Option<Result<Arc<CurrentPage>, Trouble>>| {
        outcome.unwrap_or_else(|| Err(Trouble::Inside("a page's task died".to_owned())))
    };
    if let Ok(outcome) = tokio::time::timeout(GRACE, flight.clone()).await {
        return landed(outcome);
    }
    match older(app, (source, project), known).await? {
        Some(page) => Ok(page),
        None => landed(flight.await),
    }
}

/// The files that a project's page listed when it was last read from this upstream. Nobody is asked.
pub(crate) async fn last_listed(app: &App, key: &FileKey) -> Result<HashSet<String>, Trouble> {
    let stored = app.parts.store.page(&key.upstream, &key.project).await?;
    let page = stored.and_then(|stored| stored.listing).as_deref().map(parse).transpose()?;
    Ok(page.map(|page| page.files.into_iter().map(|file| file.file_name).collect()).unwrap_or_default())
}

/// The page as it was, while upstream takes its time.
async fn older(
    app: &App,
    (source, project): (&Source, &ProjectName),
    known: Option<Arc<CurrentPage>>,
) -> Result<Option<Arc<CurrentPage>>, Trouble> {
    let page = match known {
        Some(page) => Some(CurrentPage { stale: true, ..page.as_ref().clone() }),
        None => {
            let stored = app.parts.store.page(&source.name, project).await?;
            stored.map(|stored| CurrentPage::of(&stored, Timestamp::MIN, true)).transpose()?
        }
    };
    Ok(page.filter(|page| page.page.is_some()).map(Arc::new))
}

async fn refresh(app: &App, project: &ProjectName) -> Result<Arc<CurrentPage>, Trouble> {
    let Some(source) = app.source(project) else { return Ok(CurrentPage::nothing()) };
    let upstream = &source.name;
    let stored = app.parts.store.page(upstream, project).await?;
    let now = app.now();
    let ttl = app.parts.settings.page_ttl;
    if let Some(stored) = &stored {
        let fresh_until = after(stored.checked_at, ttl);
        if now < fresh_until {
            return remember(app, project, CurrentPage::of(stored, fresh_until, false)?);
        }
        let rests_until = source.rests_until();
        if now < rests_until {
            return remember(app, project, CurrentPage::of(stored, rests_until, true)?);
        }
    }
    match (app.permit(Deed::PullThrough).await, &stored) {
        (Err(Trouble::SwitchedOff(_)), Some(stored)) => {
            return remember(app, project, CurrentPage::of(stored, after(now, ttl.min(PAUSE)), true)?);
        }
        (permitted, _) => permitted?,
    }
    let etag = stored.as_ref().and_then(|stored| stored.etag.as_deref());
    let answer = match source.client.page(project, etag).await {
        Ok(answer) => answer,
        Err(error @ UpstreamError::Myself { .. }) => return Err(error.into()),
        Err(error) => {
            let rests_until = after(app.now(), PAUSE);
            if matches!(error, UpstreamError::Unreachable { .. } | UpstreamError::Timeout { .. }) {
                source.rest(rests_until);
            }
            let Some(stored) = stored else { return Err(error.into()) };
            tracing::warn!(%project, %error, since = %stored.checked_at, "upstream can't be asked; serving what is stored");
            return remember(app, project, CurrentPage::of(&stored, rests_until, true)?);
        }
    };
    let fresh = match (answer, &stored) {
        (PageAnswer::NotModified, Some(stored)) => StoredPage { checked_at: now, ..stored.clone() },
        (PageAnswer::NotModified, None) => {
            return Err(Trouble::Inside("not modified, and there was nothing before".to_owned()));
        }
        // Only what was there once is worth a row.
        (PageAnswer::Absent, None) => {
            let absent =
                CurrentPage { page: None, changed_at: now, good_until: after(now, ttl), stale: false };
            return remember(app, project, absent);
        }
        (PageAnswer::Absent, Some(stored)) => {
            StoredPage { etag: None, listing: None, checked_at: now, changed_at: now, status: stored.status }
        }
        (PageAnswer::Page { page, etag, left_out, reasons }, _) => {
            if left_out > 0 {
                tracing::warn!(%project, left_out, ?reasons, "entries of upstream's page are left out");
            }
            let listing = Some(simple::to_json(&page));
            StoredPage { etag, listing, checked_at: now, changed_at: now, status: page.status }
        }
    };
    let same = stored.as_ref().filter(|stored| stored.listing == fresh.listing);
    let fresh = StoredPage { changed_at: same.map_or(now, |stored| stored.changed_at), ..fresh };
    record(app, (source, project), stored.as_ref(), &fresh).await?;
    let current = remember(app, project, CurrentPage::of(&fresh, after(now, ttl), false)?)?;
    sizes::learn(app, (source, project), &current).await;
    Ok(current)
}

fn after(instant: Timestamp, time: Duration) -> Timestamp {
    instant.checked_add(time).unwrap_or(Timestamp::MAX)
}

fn remember(app: &App, project: &ProjectName, current: CurrentPage) -> Result<Arc<CurrentPage>, Trouble> {
    let current = Arc::new(current);
    app.pages.insert(project.clone(), current.clone());
    Ok(current)
}

fn parse(listing: &[u8]) -> Result<Page, Trouble> {
    let damaged = |why: String| Trouble::Inside(format!("a stored page is damaged: {why}"));
    // Stored addresses are absolute.
    let base = "http://stored.invalid/".parse().map_err(|_| damaged("base".to_owned()))?;
    Ok(simple::from_json(listing, &base).map_err(|error| damaged(error.to_string()))?.page)
}

/// Writes down what changed: the page, files at their first sight, digests that changed.
async fn record(
    app: &App,
    (source, project): (&Source, &ProjectName),
    before: Option<&StoredPage>,
    fresh: &StoredPage,
) -> Result<(), Trouble> {
    let store = &app.parts.store;
    let upstream = &source.name;
    let now = fresh.checked_at;
    let changed = before.is_none_or(|before| before.changed_at != fresh.changed_at);
    if !changed {
        let mut tx = store.begin().await?;
        tx.touch_page(upstream, project, fresh).await?;
        return Ok(tx.commit().await?);
    }
    let page = fresh.listing.as_deref().map(parse).transpose()?;
    let known: HashMap<String, FileRecord> = store
        .files(upstream, project)
        .await?
        .into_iter()
        .map(|file| (file.key.file_name.clone(), file))
        .collect();
    let files = page.as_ref().map(|page| page.files.as_slice()).unwrap_or_default();
    // The last time that upstream's page was seen without the files that are new on it.
    let seen_without = before.filter(|before| before.listing.is_some()).map(|before| before.checked_at);
    let new: Vec<FileRecord> = files
        .iter()
        .filter(|file| !known.contains_key(&file.file_name))
        .map(|file| first_sight((source, project), file, seen_without, now))
        .collect();
    let mut tx = store.begin().await?;
    tx.set_page(upstream, project, fresh).await?;
    tx.add_files(&new).await?;
    for file in files {
        let Some(record) = known.get(&file.file_name) else { continue };
        if let (None, Some(listed)) = (record.sha256, file.sha256) {
            tx.set_pin(&record.key, listed).await?;
        }
        let conflict = file.sha256.filter(|listed| record.sha256.is_some_and(|pinned| pinned != *listed));
        if conflict == record.conflict {
            continue;
        }
        tx.set_conflict(&record.key, conflict).await?;
        let (Some(other), Some(pinned)) = (conflict, record.sha256) else { continue };
        tracing::error!(%project, file = file.file_name, %pinned, %other, "upstream changed a file under the same name");
        let detail = format!("pinned {pinned}, now {other}");
        tx.journal(
            &JournalEntry::new(now, JournalKind::DigestChanged, &detail).of_file(&record.key, Some(other)),
        )
        .await?;
        tx.audit(&AuditEvent {
            at: now,
            actor: "index".to_owned(),
            action: AuditAction::DigestChanged,
            subject: format!("{project} {}", file.file_name),
            reason: String::new(),
            detail,
        })
        .await?;
    }
    let entry = match &page {
        Some(page) => JournalEntry::new(
            now,
            JournalKind::PageChanged,
            format!("{} files, {} of them new", page.files.len(), new.len()),
        ),
        None => JournalEntry::new(now, JournalKind::PageGone, "upstream has no such project"),
    };
    // A project that was never there is no change.
    if page.is_some() || before.is_some_and(|before| before.listing.is_some()) {
        tx.journal(&entry.of_project(project)).await?;
    }
    Ok(tx.commit().await?)
}

fn first_sight(
    (source, project): (&Source, &ProjectName),
    file: &PageFile,
    seen_without: Option<Timestamp>,
    now: Timestamp,
) -> FileRecord {
    // Upstream's word counts unless it is missing, in the future, or before an instant at which
    // the page was seen without the file.
    let plausible = |at: &Timestamp| *at <= now && seen_without.is_none_or(|seen| *at >= seen);
    let release = DistFilename::of_project(&file.file_name, project)
        .map_or_else(|_| file.file_name.clone(), |name| name.release());
    FileRecord {
        key: source.key(project, &file.file_name),
        release,
        sha256: file.sha256,
        verified: file.sha256.is_some(),
        conflict: None,
        size: file.size,
        uploaded_at: file.upload_time.filter(plausible).unwrap_or(now),
        first_seen: now,
        fetched_at: None,
        served_metadata: None,
    }
}
