//! Database and files: in the data folder, or where the operator says.

use std::path::{Path, PathBuf};

use anyhow::Context;
use fondaco_blobs::{Blobs, BucketAddress};
use fondaco_store::{Database, Store};

use crate::config::Config;
use crate::data_folder::DataFolder;

/// The database's file in the data folder.
pub(crate) const DATABASE: &str = "fondaco.db";
/// The files that are served, in the data folder and in a bucket.
pub(crate) const FILES: &str = "files";
/// The `.metadata` beside them.
pub(crate) const METADATA: &str = "metadata";

/// The file that lies in a data folder while a backup is brought back into it.
pub(crate) const RESTORING: &str = "restoring";

/// The options of every command that needs what is stored.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Storage {
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// The database, postgres://USER@HOST/NAME [default: SQLite in the data folder]
    #[arg(long, value_name = "URL", env = "FONDACO_DATABASE", hide_env_values = true, global = true)]
    database: Option<String>,
    /// The bucket for files, s3://BUCKET/PREFIX; AWS_* say how it is reached [default: the data folder]
    #[arg(long, value_name = "URL", env = "FONDACO_BLOBS", global = true)]
    blobs: Option<String>,
}

impl Storage {
    /// Which database it is: by option or environment, else by the configuration, else the file.
    pub(crate) fn database(&self, config: &Config) -> anyhow::Result<Database> {
        match self.database.as_ref().or(config.database.as_ref()) {
            Some(address) => Ok(address.parse()?),
            None => Ok(Database::File(self.data.path().join(DATABASE))),
        }
    }

    /// Which bucket the files are in, if they are in one.
    pub(crate) fn bucket(&self, config: &Config) -> anyhow::Result<Option<BucketAddress>> {
        let address = self.blobs.as_ref().or(config.blobs.as_ref());
        address.map(|text| text.parse().with_context(|| format!("{text:?}"))).transpose()
    }

    /// Opens the database.
    pub(crate) async fn store(&self, config: &Config) -> anyhow::Result<Store> {
        let place = self.data.path();
        anyhow::ensure!(
            !place.join(RESTORING).exists(),
            "a backup was being brought back into {}, and that broke off\n\
             hint: remove the folder, and restore the backup anew",
            place.display()
        );
        open(&self.database(config)?).await
    }

    /// Opens a database that a Fondaco has been in already.
    pub(crate) async fn existing_store(&self, config: &Config) -> anyhow::Result<Store> {
        let database = self.database(config)?;
        let place = self.data.path();
        let hint = "hint: give its folder with --data DIR, or its database with --database URL";
        if let Database::File(file) = &database
            && !file.exists()
        {
            anyhow::bail!("there is no Fondaco in {}\n{hint}", place.display());
        }
        let store = open(&database).await?;
        if store.instance().await?.is_none() {
            anyhow::bail!("there is no Fondaco in {}\n{hint}", database.shown());
        }
        Ok(store)
    }

    /// Opens the files and the metadata beside them, for the server that holds the folder's lock.
    pub(crate) fn files(&self, config: &Config) -> anyhow::Result<[Blobs; 2]> {
        self.parts(config, Blobs::open)
    }

    /// The same beside a server that may run.
    pub(crate) fn files_beside(&self, config: &Config) -> anyhow::Result<[Blobs; 2]> {
        self.parts(config, Blobs::beside)
    }

    fn parts(
        &self,
        config: &Config,
        open: impl Fn(fondaco_blobs::Place<'_>) -> Result<Blobs, fondaco_blobs::BlobError>,
    ) -> anyhow::Result<[Blobs; 2]> {
        let bucket = self.bucket(config)?;
        let one = |part: &str| {
            let folder = self.data.path().join(part);
            let place =
                fondaco_blobs::Place { folder: &folder, bucket: bucket.as_ref().map(|at| (at, part)) };
            open(place).with_context(|| match &bucket {
                None => format!(
                    "the folder {} can't be used\nhint: check who owns it, and whether the disk is full",
                    folder.display()
                ),
                Some(address) => format!("{address} can't be used\nhint: AWS_* say how a bucket is reached"),
            })
        };
        Ok([one(FILES)?, one(METADATA)?])
    }
}

async fn open(database: &Database) -> anyhow::Result<Store> {
    if let Database::File(file) = database {
        private(file);
    }
    Store::open(database).await.with_context(|| match database {
        Database::File(file) => format!(
            "{} can't be used\nhint: check that {} is writable; a damaged database is restored from a backup, \
             or moved away so that a new one is made (the files stay)",
            file.display(),
            file.parent().map(Path::to_owned).unwrap_or_else(PathBuf::new).display()
        ),
        Database::Postgres(_) => format!(
            "{} can't be used\nhint: psql with the same address says whether it is to be reached; \
             Fondaco needs a database of its own that it may make tables in",
            database.shown()
        ),
    })
}

/// Makes the database's file for its owner only, before anything is in it: the upstream's address
/// may hold credentials. Where that fails, opening it says why.
fn private(file: &std::path::Path) {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(file);
}
