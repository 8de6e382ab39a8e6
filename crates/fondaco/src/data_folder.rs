//! Where everything is kept.

use std::path::PathBuf;

use anyhow::Context;
use fondaco_store::Store;

/// The `--data` option of every command that needs it.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DataFolder {
    /// The folder in which everything is kept [default: fondaco in the user's data folder]
    #[arg(long = "data", value_name = "DIR", env = "FONDACO_DATA", global = true)]
    folder: Option<PathBuf>,
}

impl DataFolder {
    /// The folder: as given, else `$XDG_DATA_HOME/fondaco`, else `~/.local/share/fondaco`, else
    /// `fondaco-data` here.
    pub(crate) fn path(&self) -> PathBuf {
        let variable =
            |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        self.folder
            .clone()
            .or_else(|| variable("XDG_DATA_HOME").map(|folder| folder.join("fondaco")))
            .or_else(|| variable("HOME").map(|home| home.join(".local/share/fondaco")))
            .unwrap_or_else(|| PathBuf::from("fondaco-data"))
    }

    /// The database's file.
    pub(crate) fn database(&self) -> PathBuf {
        self.path().join("fondaco.db")
    }

    /// Makes the folder where it is missing, for its owner only.
    pub(crate) fn make(&self) -> anyhow::Result<PathBuf> {
        let path = self.path();
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).with_context(|| {
            format!("the data folder {} can't be made\nhint: give another with --data DIR", path.display())
        })?;
        Ok(path)
    }

    /// Opens the database.
    pub(crate) async fn store(&self) -> anyhow::Result<Store> {
        let file = self.database();
        private(&file);
        Store::open(&file).await.with_context(|| {
            format!(
                "{} can't be used\nhint: check that {} is writable; a damaged database is restored from a backup, \
                 or moved away so that a new one is made (the files stay)",
                file.display(),
                self.path().display()
            )
        })
    }

    /// Opens a database that must be there already.
    pub(crate) async fn existing_store(&self) -> anyhow::Result<Store> {
        if !self.database().exists() {
            anyhow::bail!(
                "there is no Fondaco in {}\nhint: give its folder with --data DIR",
                self.path().display()
            );
        }
        self.store().await
    }
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
