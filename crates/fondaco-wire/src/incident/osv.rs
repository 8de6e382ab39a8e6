//! OSV records, one for each bad file.

use fondaco_model::rfc3339;
use fondaco_verdict::Verdict;
use serde_json::{Value, json};

use super::Incident;

/// The records, as one list. What nothing was found in is no malware, whatever it is tied to.
pub fn records(incident: &Incident) -> Value {
    let bad = incident.members.iter().filter(|member| member.file.verdict == Verdict::Malicious);
    let campaign = incident.campaign.id;
    let record = |member: &super::Member| {
        let file = &member.file;
        let version = member.report.as_ref().and_then(|report| report.version.clone());
        json!({
            "schema_version": "1.6.0",
            "id": crate::osv::own_id(file.sha256),
            "modified": rfc3339(incident.campaign.changed_at),
            "published": rfc3339(incident.campaign.opened_at),
            "summary": format!("Malicious code in {}, part of the campaign {campaign}", file.project),
            "details": member.report.as_ref().map(|report| report.story.join("\n")).unwrap_or_default(),
            "affected": [{
                "package": {"ecosystem": "PyPI", "name": file.project.as_str()},
                "versions": version.into_iter().collect::<Vec<_>>(),
            }],
            "database_specific": {
                "campaign": campaign.to_string(),
                "file_name": file.file_name,
                "sha256": file.sha256.to_string(),
                "resembles": file.target,
            },
        })
    };
    bad.map(record).collect()
}
