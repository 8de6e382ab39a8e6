//! `fondaco admin restore FOLDER|FILE.tar`: brings a backup back, into an empty data folder.
//!
//! Each file is checked against its digest, and the database gets its name last. A folder in which
//! that broke off is served from by nobody.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use fondaco_blobs::Blobs;
use fondaco_pydist::Sha256;
use fondaco_store::{Database, Store};
use indicatif::ProgressBar;
use serde_json::Value;

use super::backup::{DESCRIPTION, SCHEMA};
use super::progress;
use crate::config::Config;
use crate::exit::Exit;
use crate::key_file::{self, KEY_FILE};
use crate::storage::{DATABASE, FILES, METADATA, RESTORING, Storage};

/// What the database is called until all is there.
const ARRIVING: &str = "fondaco.db.restoring";
/// Largest description, in bytes.
const MAX_DESCRIPTION: u64 = 1 << 20;

#[derive(clap::Args)]
pub(super) struct Args {
    /// What `fondaco admin backup` has made
    source: PathBuf,
    /// Restore the files alone: a database of PostgreSQL is restored by pg_restore
    #[arg(long)]
    files_only: bool,
}

/// What has come so far.
struct Restoring {
    folder: PathBuf,
    stores: [Blobs; 2],
    counts: [u64; 2],
    database: bool,
    description: Option<Value>,
    bar: ProgressBar,
}

pub(super) async fn run(storage: &Storage, config: &Config, args: &Args) -> anyhow::Result<Exit> {
    let database = storage.database(config)?;
    if !args.files_only && matches!(database, Database::Postgres(_)) {
        bail!(
            "the database is PostgreSQL, which has its own tool\nhint: `pg_restore --dbname URL fondaco.dump`, \
             then `fondaco admin restore --files-only {}`",
            args.source.display()
        );
    }
    ensure!(
        args.source.symlink_metadata().is_ok(),
        "{} is not there\nhint: give what `fondaco admin backup` has made",
        args.source.display()
    );
    let folder = storage.data.make()?;
    let mut there = fs::read_dir(&folder)?.flatten().map(|entry| entry.file_name());
    // The configuration and the keys may be brought back first.
    if let Some(name) = there.find(|name| name != "fondaco.toml" && name != KEY_FILE) {
        bail!(
            "the data folder {} is not empty: {} is in it\nhint: give a new one with --data DIR",
            folder.display(),
            name.display()
        );
    }
    File::create_new(folder.join(RESTORING))?.sync_all()?;
    let stores = storage.files(config)?;
    let bar = progress(0, "restored");
    let mut restoring = Restoring { folder, stores, counts: [0, 0], database: false, description: None, bar };
    if args.source.is_dir() {
        restoring.read_folder(&args.source).await?;
    } else {
        restoring.read_tar(&args.source).await?;
    }
    let exit = restoring.finish(args).await?;
    let keys = key_file::place(config, &storage.data.path());
    if !args.files_only && !keys.exists() {
        eprintln!(
            "the keys are not in a backup: before the server starts, bring the key file to {}",
            keys.display()
        );
    }
    Ok(exit)
}

impl Restoring {
    async fn read_folder(&mut self, source: &Path) -> anyhow::Result<()> {
        let mut folders = vec![source.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.strip_prefix(source).unwrap_or(&path).display().to_string();
                let file = File::open(&path).with_context(|| path.display().to_string())?;
                self.take(&name, file).await?;
            }
        }
        Ok(())
    }

    async fn read_tar(&mut self, source: &Path) -> anyhow::Result<()> {
        let shown = || source.display().to_string();
        let file = File::open(source).with_context(shown)?;
        let mut archive = tar::Archive::new(io::BufReader::new(file));
        for entry in archive.entries().with_context(shown)? {
            let entry = entry.with_context(|| format!("{} is cut off or no tar", source.display()))?;
            let name = entry.path().with_context(shown)?.display().to_string();
            self.take(&name, entry).await?;
        }
        Ok(())
    }

    async fn take(&mut self, name: &str, mut from: impl Read) -> anyhow::Result<()> {
        match name.split('/').collect::<Vec<_>>().as_slice() {
            [DESCRIPTION] => {
                let mut text = String::new();
                from.take(MAX_DESCRIPTION).read_to_string(&mut text)?;
                self.description = Some(serde_json::from_str(&text).context("the backup's description")?);
            }
            [DATABASE] => {
                let mut to = File::options();
                std::os::unix::fs::OpenOptionsExt::mode(&mut to, 0o600);
                let mut to = to.write(true).create_new(true).open(self.folder.join(ARRIVING))?;
                io::copy(&mut from, &mut to).context("the database can't be copied")?;
                to.sync_all()?;
                self.database = true;
            }
            [FILES, "sha256", _, hex] => self.keep(0, name, hex, from).await?,
            [METADATA, "sha256", _, hex] => self.keep(1, name, hex, from).await?,
            _ => bail!("{name} is in the backup, where nothing of that name should be"),
        }
        Ok(())
    }

    async fn keep(&mut self, part: usize, name: &str, hex: &str, mut from: impl Read) -> anyhow::Result<()> {
        let digest: Sha256 = hex.parse().with_context(|| format!("{name} is in the backup"))?;
        let mut incoming = self.stores[part].incoming()?;
        let mut piece = vec![0; 256 << 10];
        loop {
            match from.read(&mut piece).with_context(|| format!("{name} can't be read"))? {
                0 => break,
                read => incoming.write(&piece[..read])?,
            }
        }
        let staged = incoming.finish()?;
        ensure!(staged.sha256() == digest, "{name} is damaged: its bytes have another digest");
        self.stores[part].keep(staged).await?;
        self.counts[part] += 1;
        self.bar.inc(1);
        Ok(())
    }

    async fn finish(self, args: &Args) -> anyhow::Result<Exit> {
        self.bar.finish_and_clear();
        let description = self.description.context(
            "the backup is not whole: its description, which comes last, is missing\nhint: take another one",
        )?;
        ensure!(description["schema"] == SCHEMA, "the backup is of another version of Fondaco");
        for (part, count) in [FILES, METADATA].into_iter().zip(self.counts) {
            let promised = &description[part];
            ensure!(*promised == count, "the backup has {count} of the {promised} {part} that it promises");
        }
        if !args.files_only {
            ensure!(self.database, "the backup is one of files alone\nhint: --files-only restores it");
            let file = self.folder.join(DATABASE);
            fs::rename(self.folder.join(ARRIVING), &file)?;
            let store = Store::open(&Database::File(file)).await.context("the database of the backup")?;
            store.close().await;
        }
        fs::remove_file(self.folder.join(RESTORING))?;
        File::open(&self.folder)?.sync_all()?;
        println!("{} files and {} metadata are in {}", self.counts[0], self.counts[1], self.folder.display());
        Ok(Exit::Clean)
    }
}
