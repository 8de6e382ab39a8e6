use anyhow::ensure;
use fondaco_server::breaker::{Mode, Options};
use serde::Deserialize;

use crate::span;

/// `[breaker]`: what happens when a wave is on.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Breaker {
    /// Whether it acts.
    pub(crate) mode: Acts,
    /// How long an account or a token is new, e.g. `14d`.
    pub(crate) fresh_for: Option<String>,
    /// How old a project is when it is established, e.g. `7d`.
    pub(crate) established_after: Option<String>,
    /// How long a measure holds at first, e.g. `2h`.
    pub(crate) hold: Option<String>,
    /// How long a key is blocked, e.g. `24h`.
    pub(crate) block: Option<String>,
    /// Years between two false trips of one window of one signal.
    pub(crate) years: Option<f64>,
}

/// Whether the breaker acts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Acts {
    /// It sets switches and blocks keys.
    #[default]
    Trip,
    /// It tells what it would do.
    Tell,
    /// It counts nothing.
    Off,
}

impl Breaker {
    /// As the index understands it.
    pub(crate) fn read(&self) -> anyhow::Result<Options> {
        let mode = match self.mode {
            Acts::Trip => Mode::Trip,
            Acts::Tell => Mode::Tell,
            Acts::Off => Mode::Off,
        };
        let mut options = Options { mode, ..Options::default() };
        let seconds = |text: &str| -> anyhow::Result<i64> { Ok(i64::try_from(span::age(text)?.as_secs())?) };
        if let Some(text) = &self.fresh_for {
            options.fresh_for = span::age(text)?;
        }
        if let Some(text) = &self.established_after {
            options.established_after = span::age(text)?;
        }
        if let Some(text) = &self.hold {
            options.engine.hold = seconds(text)?;
        }
        if let Some(text) = &self.block {
            options.engine.block = seconds(text)?;
        }
        options.engine.years = self.years.unwrap_or(options.engine.years);
        ensure!(options.engine.years.is_finite() && options.engine.years >= 1.0, "years: at least one");
        ensure!((60..=7 * 86_400).contains(&options.engine.hold), "hold: a minute to seven days");
        ensure!((60..=90 * 86_400).contains(&options.engine.block), "block: a minute to 90 days");
        Ok(options)
    }
}
