//! The file with the keys that seal secrets in the database. It lies beside the database and never in
//! it: one key a line, the first seals, all open.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use fondaco_model::{Clock, SystemClock};
use fondaco_store::{Keys, Store, StoreError};

use crate::config::Config;

/// What it is called in the data folder.
pub(crate) const KEY_FILE: &str = "secrets.key";

/// Where it is: as configured, else in the data folder.
pub(crate) fn place(config: &Config, data: &Path) -> PathBuf {
    config.secrets.key.clone().unwrap_or_else(|| data.join(KEY_FILE))
}

/// The keys in a file; `None` where it is not there.
pub(crate) fn read(path: &Path) -> anyhow::Result<Option<Keys>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| format!("the key file {} can't be read", path.display()));
        }
    };
    let keys = text.parse().with_context(|| {
        format!(
            "the key file {} is not right\nhint: it has a key a line; `fondaco admin secrets new-key` makes one",
            path.display()
        )
    })?;
    let mode = fs::metadata(path).map(|found| found.permissions().mode()).unwrap_or_default();
    if mode & 0o077 != 0 {
        tracing::warn!(file = %path.display(), "the key file can be read by others: chmod 600 it");
    }
    Ok(Some(keys))
}

/// Where a new key stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    /// Above the others: it seals.
    First,
    /// Below them: it only opens.
    Last,
}

/// Adds a new key to the file, which is its owner's alone, and is there in full or as it was.
pub(crate) fn add_key(path: &Path, stands: Stands) -> anyhow::Result<Keys> {
    let before = match read(path)? {
        Some(_) => fs::read_to_string(path)?,
        None => String::new(),
    };
    let line = Keys::new_line()?;
    let text = match stands {
        Stands::First => format!("{line}\n{before}"),
        Stands::Last => format!("{}\n{line}\n", before.trim_end()).trim_start().to_owned(),
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let shown = || format!("the key file {} can't be written", path.display());
    // Such a file is its owner's alone.
    let mut arriving = tempfile::Builder::new().prefix(".secrets").tempfile_in(folder).with_context(shown)?;
    arriving.write_all(text.as_bytes()).and_then(|()| arriving.as_file().sync_all()).with_context(shown)?;
    if before.is_empty() {
        // Of two servers that start at once one makes the file, and both read it.
        match arriving.persist_noclobber(path) {
            Ok(_) => {}
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.error).with_context(shown),
        }
    } else {
        arriving.persist(path).map_err(|error| error.error).with_context(shown)?;
    }
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(shown)?;
    read(path)?.with_context(|| format!("the key file {} is gone", path.display()))
}

/// Opens the secrets of a database for a server that starts. The first one makes the key, where none is
/// configured and nothing was sealed yet.
///
/// # Errors
/// When something is sealed with a key that is not there.
pub(crate) async fn unlock(store: Store, config: &Config, data: &Path) -> anyhow::Result<Store> {
    let path = place(config, data);
    let keys = match read(&path)? {
        Some(keys) => keys,
        None => {
            ensure!(
                config.secrets.key.is_none(),
                "the key file {} is not there\nhint: bring it here from where the other servers have it; for a \
                 new index, `fondaco admin secrets new-key` makes it",
                path.display()
            );
            let missing: Vec<String> = store.keys_in_use().await?.into_iter().collect();
            if !missing.is_empty() {
                return Err(lost(&path, &missing));
            }
            let keys = add_key(&path, Stands::First)?;
            tracing::info!(
                file = %path.display(),
                "a key was made for the secrets in the database: keep a copy, apart from backups"
            );
            keys
        }
    };
    match store.unlock(keys, SystemClock.now()).await {
        Ok((store, sealed)) => {
            if sealed.plain + sealed.anew > 0 {
                tracing::info!(plain = sealed.plain, anew = sealed.anew, "secrets were sealed");
            }
            if sealed.unscrubbed {
                tracing::warn!(
                    "the database's file may still hold secrets as they were: somebody else has it open, or the \
                     disk has no room for a copy; the next start tries again"
                );
            }
            Ok(store)
        }
        Err(StoreError::OtherKeys { missing }) => Err(lost(&path, &missing)),
        Err(error) => Err(error).context("the secrets in the database can't be sealed"),
    }
}

fn lost(path: &Path, missing: &[String]) -> anyhow::Error {
    anyhow::anyhow!(
        "secrets in the database are sealed with the key {}, which is not in {}\nhint: add that key as a line of \
         this file; servers on one database share it by [secrets] key = FILE. If it is lost for good, \
         `fondaco admin secrets forget` removes what it sealed: authenticator apps, tokens and passwords of \
         people",
        missing.join(", "),
        path.display()
    )
}

/// The store of a command on the host with the keys, where they can be read: what it writes is sealed as
/// what a server writes. Without them a command that seals nothing works all the same.
pub(crate) fn lend(store: Store, config: &Config, data: &Path) -> Store {
    match read(&place(config, data)) {
        Ok(Some(keys)) => store.with_keys(keys),
        Ok(None) => store,
        Err(error) => {
            tracing::warn!("{error:#}");
            store
        }
    }
}

/// What whoever has made a backup is told.
pub(crate) fn apart(config: &Config, data: &Path) -> String {
    format!(
        "the keys of secrets are not in it: keep a copy of {} elsewhere, or authenticator apps, tokens and \
         passwords of people are lost with it",
        place(config, data).display()
    )
}
