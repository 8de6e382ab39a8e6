//! OSV records, one for each bad file.

use fondaco_model::rfc3339;
use fondaco_verdict::Verdict;
use serde_json::{Value, json};

use super::{Incident, Member};

/// The records, as one list. What nothing was found in is no malware, whatever it is tied to.
pub fn records(incidents: &[Incident]) -> Value {
    let bad = |incident: &Incident| {
        let members = incident.members.iter();
        let bad = members.filter(|member| member.file.verdict == Verdict::Malicious);
        bad.map(|member| record(incident, member)).collect::<Vec<_>>()
    };
    incidents.iter().flat_map(bad).collect()
}

fn record(incident: &Incident, member: &Member) -> Value {
    let file = &member.file;
    let version = member.report.as_ref().and_then(|report| report.version.clone());
    let campaign = incident.campaign.as_ref().map(|one| one.id.to_string());
    let part = campaign.as_ref().map(|id| format!(", part of the campaign {id}")).unwrap_or_default();
    json!({
        "schema_version": "1.6.0",
        "id": crate::osv::own_id(file.sha256),
        "modified": rfc3339(incident.changed_at()),
        "published": rfc3339(incident.opened_at()),
        "summary": format!("Malicious code in {}{part}", file.project),
        "details": member.report.as_ref().map(|report| report.story.join("\n")).unwrap_or_default(),
        "affected": [{
            "package": {"ecosystem": "PyPI", "name": file.project.as_str()},
            "versions": version.into_iter().collect::<Vec<_>>(),
        }],
        "database_specific": {
            "campaign": campaign,
            "file_name": file.file_name,
            "sha256": file.sha256.to_string(),
            "resembles": file.target,
        },
    })
}
