use anyhow::Context;
use fondaco_factors::{Demand, FactorPolicy};
use serde::Deserialize;

use crate::span;

/// `[factors]`: which second factors are demanded.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Factors {
    /// What everybody needs who uploads or manages.
    pub(crate) require: Require,
    /// Projects for which nothing but a passkey or trusted publishing will do.
    pub(crate) critical: Vec<String>,
    /// From so many downloads in 30 days on a project is one of them.
    pub(crate) critical_downloads: Option<u64>,
    /// From so many own projects on that require it.
    pub(crate) critical_dependents: Option<u64>,
    /// How long the reset of lost factors waits, e.g. `3d`.
    pub(crate) recovery_wait: Option<String>,
}

/// What everybody needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Require {
    /// Any second factor.
    #[default]
    Any,
    /// A passkey.
    Passkey,
}

impl Factors {
    /// As the index understands it.
    pub(crate) fn read(&self) -> anyhow::Result<FactorPolicy> {
        let name = |text: &String| text.parse().with_context(|| format!("[factors] critical: {text:?}"));
        Ok(FactorPolicy {
            require: match self.require {
                Require::Any => Demand::Any,
                Require::Passkey => Demand::Passkey,
            },
            critical: self.critical.iter().map(name).collect::<anyhow::Result<_>>()?,
            critical_downloads: self.critical_downloads,
            critical_dependents: self.critical_dependents,
        })
    }

    /// How long the reset of lost factors waits.
    pub(crate) fn recovery_wait(&self) -> anyhow::Result<std::time::Duration> {
        self.recovery_wait.as_deref().map_or(Ok(fondaco_server::factors::RECOVERY_WAIT), span::age)
    }
}
