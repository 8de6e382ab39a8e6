use serde::Deserialize;

/// `[reinspection]`: what a newer engine may change by itself in what is stored.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Reinspection {
    /// At most so many files may turn worse.
    pub(crate) worse_files: Option<u64>,
    /// And at most this share of those that were inspected, 0 to 1.
    pub(crate) worse_share: Option<f64>,
}

impl Reinspection {
    /// As the index understands it.
    pub(crate) fn read(&self) -> anyhow::Result<fondaco_model::Brake> {
        let defaults = fondaco_model::Brake::default();
        let share = self.worse_share.unwrap_or(defaults.share);
        anyhow::ensure!((0.0..=1.0).contains(&share), "[reinspection] worse_share is from 0 to 1");
        Ok(fondaco_model::Brake { files: self.worse_files.unwrap_or(defaults.files), share })
    }
}
