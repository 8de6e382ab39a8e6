//! `[secrets]`: where the keys lie that seal secrets in the database.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// `[secrets]`: what seals the secrets in the database.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Secrets {
    /// The file with the keys, from where the configuration lies.
    pub(crate) key: Option<PathBuf>,
}

impl Secrets {
    pub(super) fn beside(&mut self, config: &Path) {
        if let Some(key) = &mut self.key {
            *key = config.parent().unwrap_or(Path::new("")).join(&key);
        }
    }
}
