use fondaco_model::{Advisory, AdvisoryKind, Affected, Releases};
use fondaco_pydist::{ProjectName, Version};
use serde::Deserialize;
use serde_json::{Value, json};

use super::is_python;
use super::ranges::Range;

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
    package: Option<PackageRecord>,
    #[serde(default)]
    versions: Vec<String>,
    #[serde(default)]
    ranges: Vec<Range>,
}

#[derive(Deserialize)]
struct PackageRecord {
    #[serde(default)]
    ecosystem: String,
    #[serde(default)]
    name: String,
}

impl AffectedRecord {
    /// The Python project that it is about.
    fn project(&self) -> Option<ProjectName> {
        let package = self.package.as_ref().filter(|package| is_python(&package.ecosystem))?;
        package.name.parse().ok()
    }

    fn releases(&self) -> Vec<Affected> {
        let Some(project) = self.project() else { return Vec::new() };
        let versions = self.versions.iter().filter_map(|text| text.parse().ok()).map(Releases::Version);
        let ranges = self.ranges.iter().flat_map(Range::spans);
        versions.chain(ranges).map(|releases| Affected { project: project.clone(), releases }).collect()
    }
}

/// Reads one record. `None` where it is not about releases of a Python project.
///
/// # Errors
/// When it is no OSV record.
pub fn advisory(bytes: &[u8]) -> Result<Option<Advisory>, OsvError> {
    let form = |why: &dyn std::fmt::Display| OsvError::Form(why.to_string());
    let record: Record = serde_json::from_slice(bytes).map_err(|error| form(&error))?;
    let affected: Vec<Affected> = record.affected.iter().flat_map(AffectedRecord::releases).collect();
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
        own: false,
        modified: record.modified.parse().map_err(|error| form(&error))?,
        withdrawn: record.withdrawn.map(|at| at.parse()).transpose().map_err(|error| form(&error))?,
        affected,
        record: String::from_utf8_lossy(bytes).into_owned(),
    }))
}

/// Whether a record that is in force lists a version of a project literally: how a version that is
/// none by PEP 440 is looked for.
pub fn names_version(record: &str, project: &ProjectName, version: &str) -> bool {
    let Ok(record) = serde_json::from_str::<Record>(record) else { return false };
    let is_about = |affected: &AffectedRecord| {
        affected.project().as_ref() == Some(project) && affected.versions.iter().any(|one| one == version)
    };
    record.withdrawn.is_none() && record.affected.iter().any(is_about)
}

/// A record as the JSON API tells of it (`vulnerabilities`): what it is, and the versions of the project
/// that fix it.
pub fn vulnerability(record: &str, project: &ProjectName) -> Option<Value> {
    let whole: Value = serde_json::from_str(record).ok()?;
    let read: Record = serde_json::from_str(record).ok()?;
    let of_project = read.affected.iter().filter(|affected| affected.project().as_ref() == Some(project));
    let mut fixed: Vec<Version> =
        of_project.flat_map(|affected| &affected.ranges).flat_map(Range::fixed).collect();
    fixed.sort();
    fixed.dedup();
    Some(json!({
        "id": read.id,
        "aliases": read.aliases,
        "summary": whole["summary"],
        "details": whole["details"],
        "fixed_in": fixed.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "link": null,
        "source": "osv",
        "withdrawn": read.withdrawn,
    }))
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
                {"type": "SEMVER", "events": [{"introduced": "4.0.0"}, {"last_affected": "4.1.0"}]},
                {"type": "GIT", "events": [{"introduced": "0"}]},
            ],
        }, {"package": {"ecosystem": "npm", "name": "evil-lib"}, "versions": ["9"]}]);
        let bytes = record(&affected);
        let advisory = advisory(&bytes).unwrap().unwrap();
        assert_eq!(advisory.kind, AdvisoryKind::Malware);
        let project = "evil-lib".parse().unwrap();
        for (version, hit) in [
            ("1.0", true),
            ("1.5", false),
            ("2.1", true),
            ("3", false),
            ("4.1", true),
            ("4.2", false),
            ("5", true),
            ("9", true),
        ] {
            assert_eq!(advisory.affects(&project, &version.parse().unwrap()), hit, "{version}");
        }
        assert!(names_version(&advisory.record, &project, "nonsense"));
        assert!(!names_version(&advisory.record, &"other".parse().unwrap(), "nonsense"));
    }

    #[test]
    fn leaves_other_ecosystems_and_garbage() {
        let npm = json!([{"package": {"ecosystem": "npm", "name": "x"}, "versions": ["1"]}]);
        assert_eq!(advisory(&record(&npm)).unwrap(), None);
        let commits = json!([{
            "package": {"ecosystem": "PyPI", "name": "x"},
            "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}],
        }]);
        assert_eq!(advisory(&record(&commits)).unwrap(), None);
        assert!(advisory(b"{}").is_err());
        assert!(advisory(b"[").is_err());
    }
}
