use fondaco_model::{Advisory, Scope, Timestamp, rfc3339};
use serde_json::{Value, json};

use super::record::advisory;

/// What the ids of records begin with that reviewers here have made by confirming a report.
const PREFIX: &str = "MAL-FONDACO-R";

/// The record of a report that was confirmed: `name` is the report's id, `versions` the releases that are
/// meant, all where empty. `None` where the id does not fit a record.
pub fn confirmed(name: &str, scope: &Scope, versions: &[String], at: Timestamp) -> Option<Advisory> {
    let mut affected = json!({"package": {"ecosystem": "PyPI", "name": scope.project.as_str()}});
    if versions.is_empty() {
        affected["ranges"] = json!([{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]);
    } else {
        affected["versions"] = json!(versions);
    }
    let record = json!({
        "schema_version": "1.6.0",
        "id": format!("{PREFIX}{name}"),
        "modified": rfc3339(at),
        "published": rfc3339(at),
        "summary": "reported as malware to this index and confirmed by a reviewer",
        "affected": [affected],
        "database_specific": {"source": "fondaco"},
    });
    own(&record)
}

fn own(record: &Value) -> Option<Advisory> {
    let advisory = advisory(record.to_string().as_bytes()).ok().flatten()?;
    Some(Advisory { own: true, ..advisory })
}

/// A record of our own that is taken back.
pub fn withdrawn(record: &str, at: Timestamp) -> Option<Advisory> {
    let mut record: Value = serde_json::from_str(record).ok()?;
    record["modified"] = rfc3339(at).into();
    record["withdrawn"] = rfc3339(at).into();
    own(&record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confirmed_and_taken_back() {
        let at: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        let scope = Scope { project: "bad-one".parse().unwrap(), release: None, file_name: None };
        let version = |text: &str| text.parse().unwrap();
        let all = confirmed("00ff", &scope, &[], at).unwrap();
        assert!(all.own && super::super::digest_of_own_id(all.id.as_str()).is_none());
        assert!(all.affects(&scope.project, &version("7")));
        let one = confirmed("00ff", &scope, &["1.0".to_owned()], at).unwrap();
        assert!(one.affects(&scope.project, &version("1")) && !one.affects(&scope.project, &version("2")));
        let back = withdrawn(&one.record, at).unwrap();
        assert!(back.own && back.id == one.id);
        assert_eq!((back.withdrawn, back.affects(&scope.project, &version("1"))), (Some(at), false));
    }
}
