//! `fondaco admin osv-import`: known malware and vulnerabilities, from OSV records.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use fondaco_model::{
    Advisory, AdvisoryKind, AuditAction, AuditEvent, Clock, JournalEntry, JournalKind, SystemClock,
};
use fondaco_pydist::ProjectName;
use fondaco_store::Store;
use fondaco_wire::osv;

/// Largest record, in bytes.
const MAX_RECORD: u64 = 8 << 20;
/// Records in one transaction.
const BATCH: usize = 500;

#[derive(clap::Args)]
pub(super) struct Args {
    /// An OSV record, a zip of records (such as OSV's `all.zip`), or a folder of either
    path: PathBuf,
}

/// What came of an import.
#[derive(Default)]
struct Tally {
    malware: usize,
    vulnerabilities: usize,
    unchanged: usize,
    elsewhere: usize,
    unreadable: Vec<String>,
    projects: BTreeSet<ProjectName>,
}

pub(super) async fn run(store: &Store, args: &Args) -> anyhow::Result<()> {
    let mut tally = Tally::default();
    let mut batch = Vec::new();
    for path in files(&args.path)? {
        let is_zip = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
        let file = File::open(&path).with_context(|| format!("{} can't be read", path.display()))?;
        if is_zip {
            let mut zip =
                zip::ZipArchive::new(file).with_context(|| format!("{} is no zip", path.display()))?;
            for index in 0..zip.len() {
                let member = zip.by_index(index).with_context(|| format!("{} is damaged", path.display()))?;
                let own = member.name().map_or_else(|_| format!("member {index}"), |name| name.into_owned());
                if member.is_file() && own.ends_with(".json") {
                    take(&format!("{}:{own}", path.display()), member, &mut tally, &mut batch);
                    flush(store, &mut tally, &mut batch, BATCH).await?;
                }
            }
        } else {
            take(&path.display().to_string(), file, &mut tally, &mut batch);
            flush(store, &mut tally, &mut batch, BATCH).await?;
        }
    }
    flush(store, &mut tally, &mut batch, 0).await?;
    finish(store, args, &tally).await
}

/// The records' files below a path.
fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).with_context(|| format!("{} can't be read", path.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("json") || e.eq_ignore_ascii_case("zip"))
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn take(name: &str, source: impl Read, tally: &mut Tally, batch: &mut Vec<Advisory>) {
    let mut bytes = Vec::new();
    let read = source.take(MAX_RECORD).read_to_end(&mut bytes);
    match read
        .map_err(|error| error.to_string())
        .and_then(|_| osv::advisory(&bytes).map_err(|e| e.to_string()))
    {
        Ok(Some(advisory)) => batch.push(advisory),
        Ok(None) => tally.elsewhere += 1,
        Err(why) => tally.unreadable.push(format!("{}: {why}", fondaco_verdict::printable(name))),
    }
}

async fn flush(
    store: &Store,
    tally: &mut Tally,
    batch: &mut Vec<Advisory>,
    most: usize,
) -> anyhow::Result<()> {
    if batch.is_empty() || batch.len() < most {
        return Ok(());
    }
    let now = SystemClock.now();
    let mut news: Vec<Advisory> = Vec::new();
    for advisory in batch.drain(..) {
        // A feed may be older than what is here; an older state replaces nothing.
        match store.advisory_modified(&advisory.id).await? {
            Some(known) if known >= advisory.modified => tally.unchanged += 1,
            _ => news.push(advisory),
        }
    }
    let mut tx = store.begin().await?;
    for advisory in news {
        tx.set_advisory(&advisory).await?;
        match advisory.kind {
            AdvisoryKind::Malware => tally.malware += 1,
            AdvisoryKind::Vulnerability => tally.vulnerabilities += 1,
        }
        let projects: BTreeSet<&ProjectName> = advisory.affected.iter().map(|one| &one.project).collect();
        for project in projects {
            let entry = JournalEntry::new(now, JournalKind::AdvisoryImported, advisory.id.as_str());
            tx.journal(&entry.of_project(project)).await?;
            tally.projects.insert(project.clone());
        }
    }
    Ok(tx.commit().await?)
}

async fn finish(store: &Store, args: &Args, tally: &Tally) -> anyhow::Result<()> {
    let Tally { malware, vulnerabilities, unchanged, elsewhere, unreadable, projects } = tally;
    let detail = format!(
        "{malware} of malware and {vulnerabilities} of vulnerabilities are new or changed, {unchanged} unchanged, \
         {elsewhere} not about Python, {} unreadable",
        unreadable.len()
    );
    if malware + vulnerabilities > 0 {
        let mut tx = store.begin().await?;
        tx.audit(&AuditEvent {
            at: SystemClock.now(),
            actor: super::actor(),
            action: AuditAction::ImportAdvisories,
            subject: args.path.display().to_string(),
            reason: String::new(),
            detail: detail.clone(),
        })
        .await?;
        tx.commit().await?;
    }
    println!("{detail}");
    warn_of_served(store, projects).await?;
    if let Some(first) = unreadable.first() {
        bail!("{} records could not be read, the first: {first}", unreadable.len());
    }
    Ok(())
}

/// What was served here before it was known: somebody has to be told.
async fn warn_of_served(store: &Store, projects: &BTreeSet<ProjectName>) -> anyhow::Result<()> {
    for (project, _) in
        store.pulled_projects().await?.into_iter().filter(|(project, _)| projects.contains(project))
    {
        let advisories = store.advisories_of(&project).await?;
        for file in store.files(&fondaco_model::UpstreamName::default_upstream(), &project).await? {
            let Ok(version) = file.release.parse() else { continue };
            let is_about = |a: &&Advisory| a.kind == AdvisoryKind::Malware && a.affects(&project, &version);
            let (Some(advisory), Some(digest)) = (advisories.iter().find(is_about), file.sha256) else {
                continue;
            };
            let served = store.downloads(Some(digest), 1).await?;
            if !served.is_empty() {
                println!(
                    "{} was served from here and is {}; see: fondaco admin who-fetched {digest}",
                    file.key.file_name, advisory.id
                );
            }
        }
    }
    Ok(())
}
