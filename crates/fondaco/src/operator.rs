//! What the operator adds to inspections: their own rules, and findings that they have ruled out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use fondaco_model::Timestamp;
use fondaco_pydist::ProjectName;
use fondaco_server::Expiring;
use fondaco_worker::{OwnRules, SCANNER, Suppression};

use crate::config::{Scanner, Suppress};

/// Longest reason, in bytes: it is handed to workers and shown in reports.
const MAX_REASON: usize = 500;

/// Compiles the operator's own rules; nothing where none are named.
pub(crate) fn own_rules(folders: &[PathBuf]) -> anyhow::Result<Option<Arc<OwnRules>>> {
    if folders.is_empty() {
        return Ok(None);
    }
    let rules = OwnRules::compile(folders).context("the YARA rules are not right")?;
    Ok(Some(Arc::new(rules)))
}

/// Folders as the configuration names them: from where it lies.
pub(crate) fn beside(config: Option<&Path>, folders: &[PathBuf]) -> Vec<PathBuf> {
    let beside = config.and_then(Path::parent).unwrap_or(Path::new(""));
    folders.iter().map(|folder| beside.join(folder)).collect()
}

/// The suppressions of the configuration that are in force at `now`; the others are warned of.
pub(crate) fn suppressions(
    given: &[Suppress],
    (own, scanners): (Option<&OwnRules>, &[Scanner]),
    now: Timestamp,
) -> anyhow::Result<Vec<Expiring>> {
    let mut in_force = Vec::new();
    for entry in given {
        let Suppress { project, rule, reason, expires } = entry;
        let what = || format!("[[suppress]] of {rule:?} for {project:?}");
        let known = fondaco_rules::all().any(|known| known.id.as_str() == rule)
            || own.is_some_and(|own| own.ids().contains(rule))
            || scanners.iter().any(|scanner| rule.strip_prefix(SCANNER) == Some(&scanner.name));
        if !known {
            bail!("{}: no rule is called {rule:?}\nhint: `fondaco rules` lists them", what());
        }
        let project: ProjectName = project.parse().with_context(what)?;
        ensure!(!reason.trim().is_empty(), "{}: a reason is needed", what());
        ensure!(reason.len() <= MAX_REASON, "{}: a reason of at most {MAX_REASON} bytes", what());
        ensure!(!reason.contains('\0'), "{}: the reason holds a null", what());
        let expires = instant(*expires).with_context(what)?;
        if expires <= now {
            tracing::warn!(%project, rule, "a suppression has expired and no longer counts; renew or remove it");
            continue;
        }
        let suppression = Suppression { project, rule: rule.clone(), reason: reason.clone() };
        in_force.push(Expiring { suppression, expires });
    }
    Ok(in_force)
}

/// The instant of a TOML date or time: a date ends as its day begins, in UTC.
fn instant(given: toml::value::Datetime) -> anyhow::Result<Timestamp> {
    let written = match (given.date, given.time, given.offset) {
        (Some(_), None, None) => format!("{given}T00:00:00Z"),
        (Some(_), Some(_), None) => format!("{given}Z"),
        _ => given.to_string(),
    };
    written.parse().with_context(|| format!("{given} is no day: write e.g. expires = 2027-01-31"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(rule: &str, expires: &str) -> Suppress {
        let text =
            format!("project = 'Our.Own'\nrule = '{rule}'\nreason = 'we wrote it'\nexpires = {expires}\n");
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn in_force_until_their_day() {
        let now: Timestamp = "2026-12-31T23:59:59Z".parse().unwrap();
        let of = |rule: &str, expires: &str| suppressions(&[entry(rule, expires)], (None, &[]), now);
        let kept = of("decoded-exec", "2027-01-01").unwrap();
        assert_eq!(kept[0].suppression.project.as_str(), "our-own");
        assert_eq!(kept[0].expires, "2027-01-01T00:00:00Z".parse().unwrap());
        assert!(of("decoded-exec", "2026-12-31").unwrap().is_empty());
        assert_eq!(of("decoded-exec", "2027-01-01T10:00:00+02:00").unwrap().len(), 1);
        assert!(of("no-such-rule", "2027-01-01").is_err());
        assert!(of("decoded-exec", "10:00:00").is_err());
    }
}
