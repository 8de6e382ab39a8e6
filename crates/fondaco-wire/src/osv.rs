//! OSV records (schema 1.x), read leniently, and the query API that clients such as uv speak.

use fondaco_model::{Advisory, AdvisoryKind, Affected, RangeEnd, Releases, rfc3339};
use fondaco_pydist::{ProjectName, Sha256, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Why a record can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OsvError {
    /// Not JSON, or without the fields that every record has.
    #[error("not an OSV record: {0}")]
    Form(String),
}

#[derive(Deserialize)]
struct Record {
    id: String,
    modified: String,
    withdrawn: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    affected: Vec<AffectedRecord>,
}

#[derive(Deserialize)]
struct AffectedRecord {
    package: Option<Package>,
    #[serde(default)]
    versions: Vec<String>,
    #[serde(default)]
    ranges: Vec<Range>,
}

#[derive(Deserialize)]
struct Range {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
}

/// Reads one record. `None` where it is not about a Python project.
///
/// # Errors
/// When it is no OSV record.
pub fn advisory(bytes: &[u8]) -> Result<Option<Advisory>, OsvError> {
    let form = |why: &dyn std::fmt::Display| OsvError::Form(why.to_string());
    let record: Record = serde_json::from_slice(bytes).map_err(|error| form(&error))?;
    let affected: Vec<Affected> = record.affected.iter().flat_map(affected).collect();
    if affected.is_empty() {
        return Ok(None);
    }
    let is_malware = |id: &String| id.starts_with("MAL-");
    let kind = if is_malware(&record.id) || record.aliases.iter().any(is_malware) {
        AdvisoryKind::Malware
    } else {
        AdvisoryKind::Vulnerability
    };
    Ok(Some(Advisory {
        id: record.id.parse().map_err(|error| form(&error))?,
        kind,
        modified: record.modified.parse().map_err(|error| form(&error))?,
        withdrawn: record.withdrawn.map(|at| at.parse()).transpose().map_err(|error| form(&error))?,
        affected,
        record: String::from_utf8_lossy(bytes).into_owned(),
    }))
}

fn affected(record: &AffectedRecord) -> Vec<Affected> {
    let package = record.package.as_ref().filter(|package| is_python(package.ecosystem.as_deref()));
    let Some(project) = package.and_then(|package| package.name.as_deref()?.parse::<ProjectName>().ok())
    else {
        return Vec::new();
    };
    let versions = record.versions.iter().filter_map(|text| text.parse().ok()).map(Releases::Version);
    // A commit says nothing about a release.
    let ranges =
        record.ranges.iter().filter(|range| range.kind != "GIT").flat_map(|range| spans(&range.events));
    versions.chain(ranges).map(|releases| Affected { project: project.clone(), releases }).collect()
}

fn is_python(ecosystem: Option<&str>) -> bool {
    ecosystem.is_some_and(|name| name == "PyPI" || name.starts_with("PyPI:"))
}

/// The spans that a range's events describe, in their order.
fn spans(events: &[Event]) -> Vec<Releases> {
    let version = |text: &str| text.parse::<Version>().ok();
    let mut spans = Vec::new();
    let mut open: Option<Option<Version>> = None;
    for event in events {
        let end = match (&event.introduced, &event.fixed, &event.last_affected) {
            (Some(first), _, _) => {
                open = Some(if first == "0" { None } else { version(first) });
                continue;
            }
            (_, Some(fixed), _) => version(fixed).map(RangeEnd::Before),
            (_, _, Some(last)) => version(last).map(RangeEnd::With),
            _ => None,
        };
        if let (Some(introduced), Some(end)) = (open.take(), end) {
            spans.push(Releases::Range { introduced, end });
        }
    }
    if let Some(introduced) = open {
        spans.push(Releases::Range { introduced, end: RangeEnd::Open });
    }
    spans
}

/// `POST /v1/query`
#[derive(Debug, Clone, Deserialize)]
pub struct Query {
    /// Which package.
    pub package: Option<Package>,
    /// Which version.
    pub version: Option<String>,
}

/// A package, by name and ecosystem or by its package URL.
#[derive(Debug, Clone, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: Option<String>,
    /// `PyPI`; others are never known here.
    pub ecosystem: Option<String>,
    /// `pkg:pypi/NAME@VERSION`
    pub purl: Option<String>,
}

/// `POST /v1/querybatch`
#[derive(Debug, Clone, Deserialize)]
pub struct QueryBatch {
    /// The questions.
    pub queries: Vec<Query>,
}

/// One answer of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchResult {
    /// The records, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vulns: Vec<BatchVuln>,
}

/// One record of a batch's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchVuln {
    /// Its id.
    pub id: String,
    /// When it last changed.
    pub modified: String,
}

impl Query {
    /// The project and version that are asked for; `None` where it is not a Python project's.
    pub fn subject(&self) -> Option<(ProjectName, Option<Version>)> {
        let package = self.package.as_ref()?;
        let (name, purl_version) = match (&package.name, &package.purl) {
            (Some(name), _) if is_python(package.ecosystem.as_deref()) => (name.as_str(), None),
            (None, Some(purl)) => {
                let rest = purl.strip_prefix("pkg:pypi/")?;
                let rest = rest.split(['?', '#']).next().unwrap_or(rest);
                match rest.split_once('@') {
                    Some((name, version)) => (name, Some(version)),
                    None => (rest, None),
                }
            }
            _ => return None,
        };
        let version = self.version.as_deref().or(purl_version);
        Some((name.parse().ok()?, version.and_then(|text| text.parse().ok())))
    }
}

/// The id of the record that this index makes of its own verdict on a content. `MAL-`, so that
/// clients that stop at malware stop here too.
pub fn own_id(sha256: Sha256) -> String {
    format!("MAL-FONDACO-{}", &sha256.to_string()[..16])
}

/// The record that this index makes of its own verdict.
pub fn own_record(
    sha256: Sha256,
    at: fondaco_model::Timestamp,
    summary: &str,
    places: &[(ProjectName, String)],
) -> Value {
    let affected = |(project, version): &(ProjectName, String)| json!({"package": {"ecosystem": "PyPI", "name": project.as_str()}, "versions": [version]});
    json!({
        "schema_version": "1.6.0",
        "id": own_id(sha256),
        "modified": rfc3339(at),
        "published": rfc3339(at),
        "summary": summary,
        "affected": places.iter().map(affected).collect::<Vec<_>>(),
        "database_specific": {"sha256": sha256.to_string(), "source": "fondaco"},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(affected: &Value) -> Vec<u8> {
        json!({"id": "MAL-2026-1", "modified": "2026-01-01T00:00:00Z", "affected": affected})
            .to_string()
            .into_bytes()
    }

    #[test]
    fn reads_versions_and_ranges() {
        let affected = json!([{
            "package": {"ecosystem": "PyPI", "name": "Evil.Lib"},
            "versions": ["1.0", "nonsense"],
            "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "2"}, {"fixed": "3"}, {"introduced": "5"}]},
                {"type": "GIT", "events": [{"introduced": "0"}]},
            ],
        }, {"package": {"ecosystem": "npm", "name": "evil-lib"}, "versions": ["9"]}]);
        let advisory = advisory(&record(&affected)).unwrap().unwrap();
        assert_eq!(advisory.kind, AdvisoryKind::Malware);
        let project = "evil-lib".parse().unwrap();
        for (version, hit) in
            [("1.0", true), ("1.5", false), ("2.1", true), ("3", false), ("5", true), ("9", true)]
        {
            assert_eq!(advisory.affects(&project, &version.parse().unwrap()), hit, "{version}");
        }
    }

    #[test]
    fn leaves_other_ecosystems_and_garbage() {
        let npm = json!([{"package": {"ecosystem": "npm", "name": "x"}, "versions": ["1"]}]);
        assert_eq!(advisory(&record(&npm)).unwrap(), None);
        assert!(advisory(b"{}").is_err());
        assert!(advisory(b"[").is_err());
    }

    #[test]
    fn questions_by_name_or_package_url() {
        let ask = |value: Value| serde_json::from_value::<Query>(value).unwrap().subject();
        let found =
            ask(json!({"package": {"name": "Jinja2", "ecosystem": "PyPI"}, "version": "2.4.1"})).unwrap();
        assert_eq!((found.0.as_str(), found.1.unwrap().to_string()), ("jinja2", "2.4.1".to_owned()));
        let found = ask(json!({"package": {"purl": "pkg:pypi/jinja2@2.4.1?x=y"}})).unwrap();
        assert_eq!(found.1.unwrap().to_string(), "2.4.1");
        assert!(ask(json!({"package": {"name": "x", "ecosystem": "npm"}})).is_none());
        assert!(ask(json!({"commit": "abc"})).is_none());
    }
}
