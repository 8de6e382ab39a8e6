//! Inspects what is stored once more where the evidence on it is another engine's: in the shadow, so
//! that what is served stays served until the new evidence on everything is there. Then it counts, unless
//! it would refuse more than it may by itself. Only while nobody waits for an inspection, and half of
//! the time; a tenth of it while there is only to be seen which files these are.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use fondaco_model::{
    AuditAction, AuditEvent, Brake, JournalEntry, JournalKind, Notice, NoticeKind, Reinspection,
    ReinspectionState, Shadow, Turn, UpstreamName,
};
use fondaco_store::Inspected;
use fondaco_worker::without_comparison;
use tokio::sync::watch;

use crate::app::App;
use crate::campaigns::{self, Seen};
use crate::leases::{self, Lease};
use crate::reinspection::{fetched, in_words};
use crate::trouble::Trouble;
use crate::{gate, reinspection};

/// The work's name among servers.
const WORK: &str = "reinspection";
/// How often it is looked at whether there is anything to do.
const TICK: Duration = Duration::from_secs(30);
/// How soon it is tried again after a failure.
const AGAIN: Duration = Duration::from_secs(60);
/// Files that are looked up at a time: a page that is asked for meanwhile waits for no more.
const BATCH: u32 = 20;
/// How many times as long as to look files up it is rested: of a million of them most may be up to date.
const LOOKED_UP: u32 = 9;
/// Files whose new evidence begins to count in one transaction.
const APPLIED: u32 = 50;
/// How often it is written down how far it has come, where nothing had to be inspected: each change of the
/// database has every reader of it begin with empty caches.
const NOTED: Duration = Duration::from_secs(5);
/// A lost inspection is tried this often.
const TRIES: u32 = 3;
/// How often it is looked at whether workers are idle.
const IDLE: Duration = Duration::from_millis(100);
/// The longest rest between two files.
const REST: Duration = Duration::from_secs(10);

pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    // One run a process: servers of two engines on one database would begin anew by turns for ever.
    let mut begun = false;
    loop {
        // A stop does not wait for a file: it is inspected when the server is back.
        let outcome = tokio::select! {
            _ = stop.changed() => return,
            outcome = look(&app, &mut begun) => outcome,
        };
        let pause = match outcome {
            Ok(()) => TICK,
            Err(error) => {
                tracing::error!(%error, "what is stored can't be inspected again");
                AGAIN
            }
        };
        tokio::select! {
            _ = stop.changed() => return,
            () = app.reinspection_approved.notified() => {}
            () = seen(&app) => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Comes back when somebody (the operator's command line) has approved a run that waits.
async fn seen(app: &App) {
    let mut generation = app.parts.store.generation();
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = app.parts.store.generation();
        if now != generation {
            generation = now;
            let run = app.parts.store.reinspection(&app.engine).await;
            if matches!(run, Ok(Some(run)) if run.state == ReinspectionState::Approved) {
                return;
            }
        }
    }
}

/// Does what there is to do, as the only server.
async fn look(app: &App, begun: &mut bool) -> Result<(), Trouble> {
    let run = current(app).await?;
    let waits =
        |run: &Reinspection| matches!(run.state, ReinspectionState::Applied | ReinspectionState::Braked);
    if run.as_ref().map_or(*begun, waits) {
        return Ok(());
    }
    let Some(lease) = leases::take(app, WORK, Duration::ZERO).await? else { return Ok(()) };
    let outcome = async {
        // Another server may have begun or ended it meanwhile.
        let run = match current(app).await? {
            Some(run) => run,
            None => begin(app).await?,
        };
        *begun = true;
        work(app, &lease, run).await
    };
    let outcome = outcome.await;
    lease.undone().await?;
    outcome
}

/// The newest run, where it is this engine's.
async fn current(app: &App) -> Result<Option<Reinspection>, Trouble> {
    let run = app.parts.store.last_reinspection().await?;
    Ok(run.filter(|run| run.engine == app.engine && run.state != ReinspectionState::Superseded))
}

async fn work(app: &App, lease: &Lease, run: Reinspection) -> Result<(), Trouble> {
    if matches!(run.state, ReinspectionState::Applied | ReinspectionState::Braked) {
        return Ok(());
    }
    if run.finished_at.is_none() && !collect(app, lease, &run).await? {
        return Ok(());
    }
    let store = &app.parts.store;
    let counts = store.shadow_counts(&run.engine).await?;
    let Some(now) = store.reinspection(&run.engine).await? else { return Ok(()) };
    if now.state == ReinspectionState::Running {
        let brake: Brake = app.parts.settings.brake;
        let holds = brake.holds(counts);
        let (state, by, reason) = if holds {
            (ReinspectionState::Braked, None, "more files turn worse than may by themselves")
        } else {
            (ReinspectionState::Approved, Some("index"), "few enough files turn worse")
        };
        let mut tx = store.begin().await?;
        tx.set_reinspection_state(&run.engine, &[ReinspectionState::Running], (state, by, reason)).await?;
        if !holds && counts.inspected() > 0 {
            tx.audit(&AuditEvent {
                at: app.now(),
                actor: "index".to_owned(),
                action: AuditAction::ApplyReinspection,
                subject: run.engine.clone(),
                reason: reason.to_owned(),
                detail: in_words(counts),
            })
            .await?;
        }
        if holds {
            let told = format!("{}; `fondaco admin reinspect --apply` lets it count", in_words(counts));
            tx.add_notice(&Notice::new(NoticeKind::ReinspectionBraked, &run.engine, told, app.now())).await?;
        }
        tx.commit().await?;
        if holds {
            tracing::error!(
                engine = run.engine,
                "{}: nothing of it counts until an operator says so, with `fondaco admin reinspect --apply`",
                in_words(counts)
            );
            return Ok(());
        }
    } else if now.state != ReinspectionState::Approved {
        return Ok(());
    }
    apply(app, lease, &run).await
}

async fn begin(app: &App) -> Result<Reinspection, Trouble> {
    let store = &app.parts.store;
    let run = Reinspection {
        engine: app.engine.clone(),
        state: ReinspectionState::Running,
        started_at: app.now(),
        finished_at: None,
        total: store.stored_count().await?,
        looked_at: 0,
        last: None,
        approved_by: None,
        reason: "the engine or its rules have changed".to_owned(),
    };
    let mut tx = store.begin().await?;
    tx.begin_reinspection(&run).await?;
    tx.commit().await?;
    Ok(run)
}

/// Inspects what this engine has not inspected; `false` where another server goes on with it.
async fn collect(app: &App, lease: &Lease, run: &Reinspection) -> Result<bool, Trouble> {
    let store = &app.parts.store;
    let mut last = run.last.clone();
    // Since the last note of how far it has come.
    let (mut more, mut noted) = (0, Instant::now());
    loop {
        let began = Instant::now();
        let batch = store.inspected_after(last.as_ref(), BATCH).await?;
        let took = began.elapsed();
        let Some(end) = batch.last() else { break };
        let end = end.key.clone();
        for (at, file) in batch.iter().enumerate() {
            if !lease.is_held() {
                return Ok(false);
            }
            // Evidence of two engines of one instant gives a file twice.
            more += u64::from(batch.get(at + 1).is_none_or(|next| next.key != file.key));
            if without_comparison(&file.engine) == app.engine_for(&file.key.project) {
                continue;
            }
            let Some(shadow) = shadow(app, file).await? else { continue };
            let mut tx = store.begin().await?;
            tx.add_shadow(&run.engine, &shadow).await?;
            tx.reinspection_at(&run.engine, (&file.key, more)).await?;
            tx.commit().await?;
            more = 0;
        }
        if noted.elapsed() >= NOTED {
            let mut tx = store.begin().await?;
            tx.reinspection_at(&run.engine, (&end, more)).await?;
            tx.commit().await?;
            (more, noted) = (0, Instant::now());
        }
        last = Some(end);
        tokio::time::sleep((took * LOOKED_UP).min(REST)).await;
    }
    let mut tx = store.begin().await?;
    if let Some(last) = &last {
        tx.reinspection_at(&run.engine, (last, more)).await?;
    }
    tx.finish_reinspection(&run.engine, app.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// The new evidence on one file; `None` where its bytes are gone or not those that they were.
async fn shadow(app: &App, file: &Inspected) -> Result<Option<Shadow>, Trouble> {
    let (key, digest) = (&file.key, file.sha256);
    let mut evidence = None;
    for _ in 0..TRIES {
        let place = idle_place(app).await?;
        let started = Instant::now();
        let Some(found) = gate::inspect_stored(app, key, digest).await? else {
            tracing::error!(project = %key.project, file = key.file_name, sha256 = %digest, "a stored file can't be read; `fondaco admin verify` says more");
            return Ok(None);
        };
        let lost = found.lost;
        evidence = Some(found);
        drop(place);
        tokio::time::sleep(started.elapsed().min(REST)).await;
        if !lost {
            break;
        }
    }
    let Some(evidence) = evidence else { return Ok(None) };
    let rulings = app.parts.store.rulings(Some(digest)).await?;
    let ruled = rulings.iter().find(|ruling| ruling.is_in_force(app.now())).map(|ruling| ruling.decision);
    let policy = &app.parts.settings.policy;
    let was = ruled.unwrap_or_else(|| policy.decide(file.verdict));
    let becomes = ruled.unwrap_or_else(|| policy.decide(evidence.verdict));
    let shadow = Shadow { key: key.clone(), uploaded_at: file.uploaded_at, was, becomes, evidence };
    if Turn::of(was, becomes) == Turn::Worse && !shadow.evidence.lost {
        alert(app, &shadow).await?;
    }
    Ok(Some(shadow))
}

/// Says at once whom a file concerns that the newer engine finds worse.
async fn alert(app: &App, shadow: &Shadow) -> Result<(), Trouble> {
    let Shadow { key, evidence, was, becomes, .. } = shadow;
    let clients = reinspection::fetched(&app.parts.store, shadow).await?;
    let who: Vec<String> =
        clients.iter().take(10).map(|one| format!("{} ({} x)", one.client, one.times)).collect();
    tracing::warn!(
        project = %key.project, file = key.file_name, sha256 = %evidence.sha256, was = was.id(),
        becomes = becomes.id(), served_to = clients.len(), "a newer engine finds worse what was served to {}",
        if who.is_empty() { "nobody".to_owned() } else { who.join(", ") }
    );
    Ok(())
}

/// A place among the inspections, had only when all of them are idle.
async fn idle_place(app: &App) -> Result<tokio::sync::SemaphorePermit<'_>, Trouble> {
    let places = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    loop {
        if app.inspecting.available_permits() >= places
            && let Ok(place) = app.inspecting.try_acquire()
        {
            return Ok(place);
        }
        tokio::time::sleep(IDLE).await;
    }
}

/// Makes what was found count, some files at a time. The older evidence is kept.
async fn apply(app: &App, lease: &Lease, run: &Reinspection) -> Result<(), Trouble> {
    let store = &app.parts.store;
    loop {
        let some = store.unapplied_shadows(&run.engine, APPLIED).await?;
        if some.is_empty() {
            break;
        }
        for shadow in &some {
            if !lease.is_held() {
                return Ok(());
            }
            apply_one(app, run, shadow).await?;
        }
    }
    let mut tx = store.begin().await?;
    let order = (ReinspectionState::Applied, None, "what it found counts");
    tx.set_reinspection_state(&run.engine, &[ReinspectionState::Approved], order).await?;
    tx.commit().await?;
    let counts = store.shadow_counts(&run.engine).await?;
    if counts.inspected() > 0 {
        tracing::info!(engine = run.engine, "what a newer engine found counts: {}", in_words(counts));
    }
    Ok(())
}

async fn apply_one(app: &App, run: &Reinspection, shadow: &Shadow) -> Result<(), Trouble> {
    let (store, now, key) = (&app.parts.store, app.now(), &shadow.key);
    // Newest evidence counts, and this one is the newest from now on.
    let evidence = fondaco_model::Evidence { inspected_at: now, ..shadow.evidence.clone() };
    let newest = store.evidence_of(key, evidence.sha256).await?;
    let overtaken = newest.is_some_and(|newest| {
        !newest.lost && without_comparison(&newest.engine) == without_comparison(&evidence.engine)
    });
    let mut tx = store.begin().await?;
    tx.shadow_applied(&run.engine, key).await?;
    if overtaken {
        return Ok(tx.commit().await?);
    }
    gate::record_evidence(&mut tx, key, &evidence, now).await?;
    if Turn::of(shadow.was, shadow.becomes) == Turn::Worse {
        let clients = fetched(store, shadow).await?;
        // What was served so long ago that nobody knows to whom any more is told as well.
        let earlier: u64 =
            store.rolled_up_downloads(evidence.sha256).await?.iter().map(|one| one.downloads).sum();
        let mut detail = format!(
            "{} became {}; served to {} clients",
            shadow.was.id(),
            shadow.becomes.id(),
            clients.len()
        );
        if earlier > 0 {
            detail += &format!(", and {earlier} x before clients are known");
        }
        if earlier > 0 || !clients.is_empty() {
            let told = format!("{}: {detail}; `fondaco admin who-fetched` names them", key.file_name);
            tx.add_notice(&Notice::new(NoticeKind::FoundWorse, key.project.as_str(), told, now)).await?;
        }
        let entry = JournalEntry::new(now, JournalKind::FoundWorse, detail);
        tx.journal(&entry.of_file(key, Some(evidence.sha256))).await?;
    }
    let account = own_account(app, shadow).await?;
    let seen =
        Seen { key, evidence: &evidence, account: account.as_deref(), uploaded_at: shadow.uploaded_at };
    let clustered = campaigns::cluster(app, &mut tx, seen).await?;
    tx.commit().await?;
    clustered.keep(app);
    Ok(())
}

/// Who uploaded a file of our own.
async fn own_account(app: &App, shadow: &Shadow) -> Result<Option<String>, Trouble> {
    if shadow.key.upstream != UpstreamName::own() {
        return Ok(None);
    }
    let files = app.parts.store.own_files(&shadow.key.project).await?;
    Ok(files.into_iter().find(|file| file.file_name == shadow.key.file_name).map(|file| file.uploaded_by))
}
