//! Turns an undecided file into a decided one: fetch while hashing, inspect in a worker, then one
//! transaction with the file's state, the evidence and the journal. One at a time for each file,
//! however many ask; the work goes on when they have stopped waiting.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fondaco_blobs::Staged;
use fondaco_model::{
    AuditAction, AuditEvent, Deed, Evidence, FileKey, FileRecord, JobKind, JournalEntry, JournalKind,
    Timestamp,
};
use fondaco_pydist::Sha256;
use fondaco_store::Tx;
use fondaco_upstream::UpstreamError;
use fondaco_verdict::Verdict;
use fondaco_wire::report_v1::Report;
use fondaco_worker::{Compared, Job, Predecessor, Publication, SCANNER};
use futures_util::StreamExt;

use crate::app::App;
use crate::campaigns::{self, Clustered, Seen};
use crate::provenance::{self, Judged};
use crate::trouble::Trouble;
use crate::{established, pages, predecessor, sending};

/// Lost inspections are tried this often by themselves.
pub(crate) const MAX_ATTEMPTS: u32 = 3;
/// Rule titles that are kept for the reason.
const TITLES: usize = 4;

/// An upstream that lied is not asked for the same file again for so long.
const LIE_COUNTS: Duration = Duration::from_secs(60);
/// After a minute a file must have come at this many bytes a second, or it is given up: one that
/// trickles would keep its place for ever.
const SLOWEST: f64 = 2048.0;

/// Bytes that upstream sent and that are not those that it lists.
#[derive(Debug, Clone)]
pub(crate) struct Lie {
    sent: Sha256,
    pinned: Sha256,
    counts_until: Timestamp,
}

impl Lie {
    fn trouble(&self) -> Trouble {
        Trouble::DigestMismatch { sent: self.sent.to_string(), pinned: self.pinned.to_string() }
    }
}

/// How far a file has come.
#[derive(Debug)]
pub(crate) struct Arrival {
    started: Timestamp,
    received: AtomicU64,
    total: AtomicU64,
}

impl Arrival {
    fn is_too_slow(&self, now: Timestamp) -> bool {
        let seconds = now.duration_since(self.started).as_secs_f64();
        seconds > 60.0 && self.received.load(Ordering::Relaxed) as f64 / seconds < SLOWEST
    }

    /// Seconds after which it is worth asking again, from what has arrived so far.
    pub(crate) fn retry_after(&self, now: Timestamp) -> u64 {
        let (received, total) = (self.received.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        let seconds = now.duration_since(self.started).as_secs_f64();
        if received == 0 || total <= received || seconds <= 0.0 {
            return 2;
        }
        let left = (total - received) as f64 / (received as f64 / seconds);
        // Clients give up after a few tries, so asking late is better than asking often.
        left.ceil().clamp(2.0, 30.0) as u64
    }
}

/// Makes sure that the file is stored and decided, and waits at most `patience` for it.
///
/// # Errors
/// What upstream or the store did. `Ok(None)` once it is decided; `Ok(Some(seconds))` when it is
/// still under way and worth asking for again after so many.
pub(crate) async fn admit(app: &App, key: &FileKey, patience: Duration) -> Result<Option<u64>, Trouble> {
    let (own, wanted) = (app.clone(), key.clone());
    let flight = app.arrivals.join(key.clone(), || async move {
        let arrival =
            Arc::new(Arrival { started: own.now(), received: AtomicU64::new(0), total: AtomicU64::new(0) });
        lock(&own).insert(wanted.clone(), arrival.clone());
        let outcome = decide(&own, &wanted, &arrival).await;
        lock(&own).remove(&wanted);
        outcome
    });
    match tokio::time::timeout(patience, flight).await {
        Ok(Some(outcome)) => outcome.map(|()| None),
        Ok(None) => Err(Trouble::Inside("the task that brings a file in died".to_owned())),
        Err(_) => Ok(Some(lock(app).get(key).map_or(2, |arrival| arrival.retry_after(app.now())))),
    }
}

type Progress<'a> = std::sync::MutexGuard<'a, std::collections::HashMap<FileKey, Arc<Arrival>>>;

fn lock(app: &App) -> Progress<'_> {
    app.progress.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The bytes of a file, stored already or just arrived.
enum Content {
    Stored(Sha256, u64),
    Arrived(Staged),
}

async fn decide(app: &App, key: &FileKey, arrival: &Arrival) -> Result<(), Trouble> {
    let Some(record) = app.parts.store.file(key).await? else {
        return Err(Trouble::Gone(key.file_name.clone()));
    };
    let rulings = match record.conflict {
        Some(_) => app.parts.store.rulings(record.conflict).await?,
        None => Vec::new(),
    };
    let in_force = rulings.iter().find(|ruling| ruling.is_in_force(app.now()));
    let pinned = record.sha256;
    let record = record.under(in_force, app.now());
    let content = async {
        Ok::<_, Trouble>(match stored(app, &record).await? {
            Some((digest, size)) => Content::Stored(digest, size),
            None => Content::Arrived(arrive(app, &record, arrival).await?),
        })
    };
    // Attestations come while the file does.
    let (content, given, published_before) =
        tokio::join!(content, provenance::given(app, key, record.sha256), provenance::before(app, key));
    let content = content?;
    let (digest, size) = match &content {
        Content::Stored(digest, size) => (*digest, *size),
        Content::Arrived(staged) => (staged.sha256(), staged.size()),
    };
    let before = app.parts.store.evidence_of(key, digest).await?;
    // A blob that was lost and fetched again is decided already.
    let predecessor = predecessor::of(app, key).await?;
    let attested = provenance::attested(app, key, digest, given?).await?;
    let judged = Judged { attested, before: published_before? };
    let publication = judged.news();
    let established = established::is(app, key, record.uploaded_at).await?;
    let known = Known { predecessor, publication, established };
    let engine = app.parts.worker.engine(&app.suppressions(&key.project), known.compared());
    let decided = before.as_ref().filter(|evidence| !evidence.lost && evidence.engine == engine);
    let evidence = match decided {
        Some(_) => None,
        None => {
            let source = match &content {
                Content::Arrived(staged) => staged.reopen()?,
                Content::Stored(digest, _) => {
                    let file = app.parts.blobs.file(*digest).await?;
                    file.ok_or_else(|| Trouble::Inside("a blob has vanished".to_owned()))?
                }
            };
            let _permit =
                app.inspecting.acquire().await.map_err(|error| Trouble::Inside(error.to_string()))?;
            let attempts = before.as_ref().filter(|evidence| evidence.lost).map_or(0, |lost| lost.attempt);
            let evidence = inspect(app, key, (source, digest), known).await?;
            Some(Evidence { attempt: attempts + 1, ..evidence })
        }
    };
    if let Content::Arrived(staged) = content {
        app.parts.blobs.keep(staged).await?;
    }
    // While an allowed digest stands for the pinned one, the pin and what belongs to it stay.
    let is_pinned = pinned.is_none_or(|pinned| pinned == digest);
    record_outcome(app, &record, Arrived { digest, size, is_pinned }, (evidence.as_ref(), &judged)).await
}

/// What a file turned out to be.
#[derive(Clone, Copy)]
struct Arrived {
    digest: Sha256,
    size: u64,
    is_pinned: bool,
}

/// The stored bytes, once they are seen to be those of the digest: evidence must not come from
/// other bytes.
async fn stored(app: &App, record: &FileRecord) -> Result<Option<(Sha256, u64)>, Trouble> {
    let Some(digest) = record.sha256 else { return Ok(None) };
    let Some(size) = app.parts.blobs.size(digest).await? else { return Ok(None) };
    let sound = sending::verify(app, digest).await?;
    Ok(sound.then_some((digest, size)))
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Trouble::Inside(error.to_string()))
}

async fn arrive(app: &App, record: &FileRecord, arrival: &Arrival) -> Result<Staged, Trouble> {
    let key = &record.key;
    // What was uploaded here can't be fetched anew, and what a rule now gives to another upstream
    // is no longer that one's to give.
    let source = app.source(&key.project).filter(|source| source.name == key.upstream);
    let Some(source) = source else { return Err(Trouble::Gone(key.file_name.clone())) };
    let page = pages::current(app, &key.project).await?;
    let Some(listed) = page.files().iter().find(|file| file.file_name == key.file_name) else {
        return Err(Trouble::Gone(key.file_name.clone()));
    };
    let known_lie = app.lies.get(key);
    if let Some(lie) = &known_lie
        && app.now() < lie.counts_until
    {
        return Err(lie.trouble());
    }
    let _permit = app.arriving.acquire().await.map_err(|error| Trouble::Inside(error.to_string()))?;
    app.permit(Deed::PullThrough).await?;
    let body = source.client.open(&listed.url).await?;
    let most = app.parts.settings.max_file;
    let too_large = || UpstreamError::TooLarge { url: key.file_name.clone(), most };
    if body.length.is_some_and(|length| length > most) {
        return Err(too_large().into());
    }
    arrival.total.store(body.length.or(record.size).unwrap_or(0), Ordering::Relaxed);
    let mut incoming = app.parts.blobs.incoming()?;
    let mut stream = body.stream();
    while let Some(piece) = stream.next().await {
        let piece = piece?;
        arrival.received.fetch_add(piece.len() as u64, Ordering::Relaxed);
        incoming.write(&piece)?;
        if incoming.size() > most {
            return Err(too_large().into());
        }
        if arrival.is_too_slow(app.now()) {
            return Err(UpstreamError::Timeout { url: key.file_name.clone() }.into());
        }
    }
    let staged = blocking(move || incoming.finish()).await??;
    let sent = staged.sha256();
    match record.sha256.or(listed.sha256) {
        Some(pinned) if pinned != sent => {
            let counts_until = app.now().checked_add(LIE_COUNTS).unwrap_or(Timestamp::MAX);
            let lie = Lie { sent, pinned, counts_until };
            // The same lie again is no news.
            if known_lie.is_none_or(|known| known.sent != sent) {
                mismatch(app, record, &lie).await?;
            }
            app.lies.insert(key.clone(), lie.clone());
            Err(lie.trouble())
        }
        _ => Ok(staged),
    }
}

/// Writes down that upstream sent other bytes than it lists.
async fn mismatch(app: &App, record: &FileRecord, lie: &Lie) -> Result<(), Trouble> {
    let (key, now, Lie { sent, pinned, .. }) = (&record.key, app.now(), lie);
    tracing::error!(project = %key.project, file = key.file_name, %pinned, %sent, "upstream sent other bytes than it lists");
    let detail = format!("listed {pinned}, sent {sent}");
    let mut tx = app.parts.store.begin().await?;
    tx.journal(&JournalEntry::new(now, JournalKind::DigestMismatch, &detail).of_file(key, Some(*sent)))
        .await?;
    tx.audit(&AuditEvent {
        at: now,
        actor: "index".to_owned(),
        action: AuditAction::DigestMismatch,
        subject: format!("{} {}", key.project, key.file_name),
        reason: String::new(),
        detail,
    })
    .await?;
    Ok(tx.commit().await?)
}

/// Inspects a file that is stored, as it would be now, without asking anybody; `None` where its bytes are
/// not there or not whole. The caller has a place among the inspections.
pub(crate) async fn inspect_stored(
    app: &App,
    key: &FileKey,
    digest: Sha256,
) -> Result<Option<Evidence>, Trouble> {
    if !sending::verify(app, digest).await? {
        return Ok(None);
    }
    let Some(source) = app.parts.blobs.file(digest).await? else { return Ok(None) };
    let publication = provenance::known(app, key, digest).await?.news();
    let predecessor = predecessor::of(app, key).await?;
    let Some(record) = app.parts.store.file(key).await? else { return Ok(None) };
    let established = established::is(app, key, record.uploaded_at).await?;
    inspect(app, key, (source, digest), Known { predecessor, publication, established }).await.map(Some)
}

/// What is known of a file besides its bytes.
struct Known {
    predecessor: Option<Predecessor>,
    publication: Option<Publication>,
    established: bool,
}

impl Known {
    fn compared(&self) -> Compared<'_> {
        Compared {
            predecessor: self.predecessor.as_ref(),
            publication: self.publication.as_ref(),
            established: self.established,
        }
    }
}

async fn inspect(
    app: &App,
    key: &FileKey,
    (source, digest): (File, Sha256),
    known: Known,
) -> Result<Evidence, Trouble> {
    let suppressions = app.suppressions(&key.project);
    let engine = app.parts.worker.engine(&suppressions, known.compared());
    let Known { predecessor, publication, established } = known;
    let job = Job {
        suppressions,
        upload: false,
        source,
        file_name: key.file_name.clone(),
        sha256: Some(digest),
        kind: None,
        path: key.file_name.clone(),
        predecessor,
        publication,
        established,
    };
    let worker = app.parts.worker.clone();
    let attempt = blocking(move || worker.attempt(job)).await?;
    let lost = attempt.is_err();
    let report = attempt.unwrap_or_else(|why| {
        tracing::error!(file = key.file_name, why, "an inspection was lost");
        fondaco_worker::failed(&key.file_name, Some(digest), &why)
    });
    Ok(Evidence { lost, ..evidence(app, key, (digest, engine), &report)? })
}

/// What a report says of a content, as it is kept.
pub(crate) fn evidence(
    app: &App,
    key: &FileKey,
    (sha256, engine): (Sha256, String),
    report: &Report,
) -> Result<Evidence, Trouble> {
    Ok(Evidence {
        sha256,
        file_name: key.file_name.clone(),
        // Without the sandbox's level: that is how it was made, not what it rests on.
        engine,
        verdict: Verdict::from_id(verdict_id(report)).unwrap_or(Verdict::Incomplete),
        titles: titles(report),
        metadata: report.metadata_sha256.as_deref().and_then(|hex| hex.parse().ok()),
        lost: false,
        attempt: 1,
        inspected_at: app.now(),
        report: serde_json::to_string(report).map_err(|error| Trouble::Inside(error.to_string()))?,
    })
}

fn verdict_id(report: &Report) -> &'static str {
    use fondaco_wire::report_v1::Verdict as Wire;
    match report.verdict {
        Wire::Clean => "clean",
        Wire::Incomplete => "incomplete",
        Wire::Suspicious => "suspicious",
        Wire::Malicious => "malicious",
    }
}

/// The titles of the rules behind the verdict, strongest first: ours, whatever the worker says.
fn titles(report: &Report) -> Vec<String> {
    let mut titles: Vec<String> = Vec::new();
    for finding in report.findings.iter().filter(|finding| finding.is_evidence()) {
        let of_another = || finding.rule.starts_with(SCANNER).then_some("found by another scanner");
        if let Some(title) = fondaco_worker::rule_title(&finding.rule).or_else(of_another)
            && !titles.iter().any(|known| known == title)
        {
            titles.push(title.to_owned());
        }
    }
    titles.truncate(TITLES);
    titles
}

async fn record_outcome(
    app: &App,
    record: &FileRecord,
    arrived: Arrived,
    (evidence, judged): (Option<&Evidence>, &Judged),
) -> Result<(), Trouble> {
    let (key, now) = (&record.key, app.now());
    let Arrived { digest, size, is_pinned } = arrived;
    let mut tx = app.parts.store.begin().await?;
    if record.fetched_at.is_none() {
        if is_pinned {
            tx.set_fetched(key, digest, size, now).await?;
        }
        let word = if record.sha256.is_some() { "as listed" } else { "unverified: upstream gives no sha256" };
        let entry = JournalEntry::new(now, JournalKind::FileFetched, format!("{size} bytes, {word}"));
        tx.journal(&entry.of_file(key, Some(digest))).await?;
    }
    let mut clustered = Clustered::nothing();
    if let Some(evidence) = evidence {
        record_evidence(&mut tx, key, evidence, now).await?;
        judged.keep(&mut tx, (key, digest), now).await?;
        let seen = Seen { key, evidence, account: None, uploaded_at: record.uploaded_at };
        clustered = campaigns::cluster(app, &mut tx, seen).await?;
        tracing::info!(project = %key.project, file = key.file_name, verdict = evidence.verdict.id(), "inspected");
    }
    tx.commit().await?;
    clustered.keep(app);
    if evidence.is_some_and(|evidence| evidence.lost) {
        app.job_queued.notify_one();
    }
    Ok(())
}

pub(crate) async fn record_evidence(
    tx: &mut Tx,
    key: &FileKey,
    evidence: &Evidence,
    now: Timestamp,
) -> Result<(), Trouble> {
    tx.set_evidence(evidence).await?;
    let detail = if evidence.titles.is_empty() {
        evidence.verdict.id().to_owned()
    } else {
        format!("{}: {}", evidence.verdict.id(), evidence.titles.join("; "))
    };
    let entry = JournalEntry::new(now, JournalKind::FileInspected, detail);
    tx.journal(&entry.of_file(key, Some(evidence.sha256))).await?;
    if evidence.lost && evidence.attempt < MAX_ATTEMPTS {
        tx.queue(&JobKind::Inspect(key.clone()), backoff(now, evidence.attempt)).await?;
    }
    Ok(())
}

/// When attempt number `attempt + 1` is due: after 1, 2, 4, ... minutes.
pub(crate) fn backoff(now: Timestamp, attempt: u32) -> Timestamp {
    now.checked_add(Duration::from_secs(30 << attempt.min(10))).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_when_it_is_worth_asking_again() {
        let started = Timestamp::from_second(0).unwrap();
        let arrival = |received, total| Arrival {
            started,
            received: AtomicU64::new(received),
            total: AtomicU64::new(total),
        };
        let now = Timestamp::from_second(10).unwrap();
        assert_eq!(arrival(0, 0).retry_after(now), 2);
        assert_eq!(arrival(50, 100).retry_after(now), 10);
        assert_eq!(arrival(50, 5000).retry_after(now), 30);
        assert_eq!(arrival(100, 100).retry_after(now), 2);
    }
}
