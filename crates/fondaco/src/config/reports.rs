use anyhow::Context;
use fondaco_model::Corroboration;
use serde::Deserialize;

use crate::span;

/// `[reports]`: what becomes of reports about projects.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Reports {
    /// So many trusted observers close a project; 0: never.
    pub(crate) observers: Option<usize>,
    /// Whether one does where the inspection suspects it too.
    pub(crate) observer_and_engine: Option<bool>,
    /// So many reporters of good record close a project; 0: never.
    pub(crate) reporters: Option<usize>,
    /// Decided reports that make a record,
    pub(crate) record: Option<u64>,
    /// and the percentage of them that has to be right.
    pub(crate) precision: Option<u64>,
    /// Only projects younger than this, e.g. `14d`.
    pub(crate) young: Option<String>,
    /// Not projects served here so often within 30 days.
    pub(crate) popular: Option<u64>,
    /// Projects that only persons close.
    pub(crate) critical: Vec<String>,
    /// Reports of one account a day.
    pub(crate) per_day: Option<u64>,
    /// Open reports of one account.
    pub(crate) open: Option<u64>,
    /// Open reports of one account about one project.
    pub(crate) per_project: Option<usize>,
}

impl Reports {
    /// As the index understands it.
    pub(crate) fn read(&self) -> anyhow::Result<fondaco_server::observations::Reports> {
        let defaults = fondaco_server::observations::Reports::default();
        let rules = defaults.corroboration;
        let precision = self.precision.unwrap_or(rules.precision);
        anyhow::ensure!(precision <= 100, "[reports] precision is a percentage");
        let name = |text: &String| text.parse().with_context(|| format!("[reports] critical: {text:?}"));
        Ok(fondaco_server::observations::Reports {
            corroboration: Corroboration {
                observers: self.observers.unwrap_or(rules.observers),
                observer_and_engine: self.observer_and_engine.unwrap_or(rules.observer_and_engine),
                reporters: self.reporters.unwrap_or(rules.reporters),
                record: self.record.unwrap_or(rules.record),
                precision,
                young: self.young.as_deref().map(span::age).transpose()?.unwrap_or(rules.young),
                popular: self.popular.unwrap_or(rules.popular),
            },
            critical: self.critical.iter().map(name).collect::<anyhow::Result<_>>()?,
            per_day: self.per_day.unwrap_or(defaults.per_day),
            open: self.open.unwrap_or(defaults.open),
            per_project: self.per_project.unwrap_or(defaults.per_project),
        })
    }
}
