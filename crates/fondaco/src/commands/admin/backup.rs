//! `fondaco admin backup FOLDER|FILE.tar`: a copy of database and files, while the server runs.
//!
//! The database comes first and the files that it names after it: files are never deleted, so each
//! of them is there.

mod target;

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, bail};
use fondaco_blobs::Blobs;
use fondaco_model::{Clock, SystemClock};
use fondaco_pydist::Sha256;
use fondaco_store::{Store, Stored};
use serde_json::json;

use super::progress;
use crate::exit::Exit;
use crate::storage::{DATABASE, FILES, METADATA};
use target::Target;

/// What the description's file is called; it comes last, so a backup that has it is whole.
pub(super) const DESCRIPTION: &str = "backup.json";
/// The form of the description.
pub(super) const SCHEMA: &str = "fondaco.backup/1";

#[derive(clap::Args)]
pub(super) struct Args {
    /// A new folder, or a new file whose name ends in .tar
    target: PathBuf,
    /// Leave the database out: one of PostgreSQL is backed up by pg_dump, before the files
    #[arg(long)]
    files_only: bool,
}

/// Exit code 1 if a file could not be copied because it is damaged or missing; the others are there.
pub(super) async fn run(store: &Store, [files, metadata]: &[Blobs; 2], args: &Args) -> anyhow::Result<Exit> {
    if !args.files_only && !store.is_file() {
        bail!(
            "the database is PostgreSQL, which has its own tool\nhint: first `pg_dump --format=custom --file \
             fondaco.dump URL`, then `fondaco admin backup --files-only {}`",
            args.target.display()
        );
    }
    let mut target = Target::new(&args.target)?;
    if !args.files_only {
        let folder = tempfile::tempdir_in(target.beside()).context("no room for a copy of the database")?;
        let copy = folder.path().join(DATABASE);
        store.copy_to(&copy).await?;
        target.file(DATABASE, &copy)?;
    }
    let mut lost = 0;
    let mut counts = [0, 0];
    let parts =
        [(FILES, files, store.stored_files().await?), (METADATA, metadata, store.stored_metadata().await?)];
    for ((part, blobs, records), count) in parts.into_iter().zip(&mut counts) {
        let digests: BTreeSet<Sha256> = records.iter().map(|record| record.sha256).collect();
        let bar = progress(digests.len(), "copied");
        for digest in digests {
            bar.inc(1);
            match target.blob(part, blobs, digest).await? {
                Ok(()) => *count += 1,
                Err(why) => {
                    lost += 1;
                    bar.suspend(|| tell(part, &records, digest, &why));
                }
            }
        }
        bar.finish_and_clear();
    }
    let description = json!({
        "schema": SCHEMA,
        "version": env!("CARGO_PKG_VERSION"),
        "made_at": SystemClock.now().to_string(),
        "database": !args.files_only,
        FILES: counts[0],
        METADATA: counts[1],
    });
    target.bytes(DESCRIPTION, serde_json::to_string_pretty(&description)?.as_bytes())?;
    target.finish()?;
    println!("{} files and {} metadata are in {}", counts[0], counts[1], args.target.display());
    Ok(if lost == 0 { Exit::Clean } else { Exit::Findings })
}

fn tell(part: &str, records: &[Stored], digest: Sha256, why: &str) {
    for Stored { project, file_name, .. } in records.iter().filter(|record| record.sha256 == digest) {
        eprintln!("{part}: {project} {file_name} is not in the backup: {digest} {why}");
    }
}
