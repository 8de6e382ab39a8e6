//! A database of many own projects, as uploads would have made it.

use std::path::Path;

use fondaco_model::{
    Clock, Evidence, FileKey, FileRecord, JournalEntry, JournalKind, OwnFile, OwnProject, OwnRelease,
    Reinspection, ReinspectionState, SystemClock, Timestamp, UpstreamName,
};
use fondaco_pydist::{FileType, ProjectName, ProjectStatus, Sha256};
use fondaco_store::{Database, Store, Tx};
use fondaco_verdict::Verdict;

/// Projects in one transaction.
const BATCH: u64 = 500;
/// Bytes of each file, as far as the database knows.
const SIZE: u64 = 100_000;

/// The name of project number `number`.
pub(crate) fn name(number: u64) -> String {
    format!("acme-part-{number:06}")
}

/// Makes it.
pub(crate) fn make(path: &Path, projects: u64, files: u64) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open(&Database::File(path.to_owned())).await?;
        let (now, engine) = (SystemClock.now(), fondaco_worker::engine());
        for from in (0..projects).step_by(usize::try_from(BATCH)?) {
            let mut tx = store.begin().await?;
            for number in from..projects.min(from + BATCH) {
                project(&mut tx, number, files, (now, &engine)).await?;
            }
            tx.commit().await?;
        }
        looked_through(&store, &engine, (projects * files, now)).await?;
        store.close().await;
        Ok(())
    })
}

/// Writes down that this engine has looked through all of it, as an index at rest has: a run of a newer
/// engine would begin while pages are timed.
async fn looked_through(store: &Store, engine: &str, (total, at): (u64, Timestamp)) -> anyhow::Result<()> {
    let run = Reinspection {
        engine: engine.to_owned(),
        state: ReinspectionState::Running,
        started_at: at,
        finished_at: None,
        total,
        looked_at: total,
        last: None,
        approved_by: None,
        reason: "made so".to_owned(),
    };
    let mut tx = store.begin().await?;
    tx.begin_reinspection(&run).await?;
    tx.finish_reinspection(engine, at).await?;
    let applied = (ReinspectionState::Applied, Some("index"), "made so");
    tx.set_reinspection_state(engine, &[ReinspectionState::Running], applied).await?;
    Ok(tx.commit().await?)
}

async fn project(
    tx: &mut Tx,
    number: u64,
    files: u64,
    (now, engine): (Timestamp, &str),
) -> anyhow::Result<()> {
    let project: ProjectName = name(number).parse()?;
    tx.set_own_project(&OwnProject {
        project: project.clone(),
        display_name: project.to_string(),
        made_by: "token:scale".to_owned(),
        made_at: now,
        status: ProjectStatus::Active,
        status_reason: String::new(),
        lifted_at: None,
    })
    .await?;
    tx.journal(&JournalEntry::new(now, JournalKind::ProjectMade, "by its first upload").of_project(&project))
        .await?;
    for file in 0..files {
        one_file(tx, &project, file, (now, engine)).await?;
    }
    Ok(())
}

async fn one_file(
    tx: &mut Tx,
    project: &ProjectName,
    number: u64,
    (now, engine): (Timestamp, &str),
) -> anyhow::Result<()> {
    let version = format!("1.{number}");
    let file_name = format!("{}-{version}-py3-none-any.whl", project.as_dist_info_name());
    let sha256 = Sha256::of(file_name.as_bytes());
    let metadata = Sha256::of(version.as_bytes());
    let key = FileKey { upstream: UpstreamName::own(), project: project.clone(), file_name };
    let release =
        OwnRelease { release: version.clone(), version: version.parse()?, made_at: now, yanked: None };
    tx.add_own_release(project, &release).await?;
    tx.add_own_file(&own_file(&key, &release, (sha256, metadata))).await?;
    tx.add_files(&[FileRecord {
        key: key.clone(),
        release: version,
        sha256: Some(sha256),
        verified: true,
        conflict: None,
        size: Some(SIZE),
        uploaded_at: now,
        first_seen: now,
        fetched_at: None,
        served_metadata: None,
    }])
    .await?;
    tx.set_fetched(&key, sha256, SIZE, now).await?;
    let entry = JournalEntry::new(now, JournalKind::FileUploaded, format!("{SIZE} bytes, wheel"));
    tx.journal(&entry.of_file(&key, Some(sha256))).await?;
    tx.set_evidence(&Evidence {
        sha256,
        file_name: key.file_name.clone(),
        engine: engine.to_owned(),
        verdict: Verdict::Clean,
        titles: Vec::new(),
        metadata: Some(metadata),
        lost: false,
        attempt: 1,
        inspected_at: now,
        // About as long as that of a small package.
        report: " ".repeat(1_500),
    })
    .await?;
    tx.journal(&JournalEntry::new(now, JournalKind::FileInspected, "clean").of_file(&key, Some(sha256)))
        .await?;
    Ok(())
}

fn own_file(key: &FileKey, release: &OwnRelease, (sha256, metadata): (Sha256, Sha256)) -> OwnFile {
    OwnFile {
        project: key.project.clone(),
        file_name: key.file_name.clone(),
        release: release.release.clone(),
        version: release.version.clone(),
        kind: FileType::Wheel,
        sha256,
        md5: sha256.to_string()[..32].to_owned(),
        blake2_256: sha256.to_string(),
        size: SIZE,
        requires_python: None,
        metadata,
        upload: sha256.to_string()[..32].to_owned(),
        uploaded_by: "token:scale".to_owned(),
        uploaded_at: release.made_at,
        yanked: None,
        deleted_at: None,
        deleted_by_owner: false,
    }
}
