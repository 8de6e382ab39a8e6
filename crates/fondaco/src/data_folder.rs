//! Where everything is kept.

use std::path::PathBuf;

use anyhow::Context;

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
}
