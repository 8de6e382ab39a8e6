//! A report for people, with the timeline. Hosts are defanged, and nothing of a package is markup.

use std::collections::{BTreeMap, BTreeSet};

use fondaco_model::rfc3339;
use fondaco_verdict::{defang_host, printable};

use super::{Incident, ObservableKind};

/// The report.
pub fn text(incident: &Incident) -> String {
    let state = incident.campaign.as_ref().map_or("of no campaign", |campaign| campaign.state.id());
    let mut out = format!(
        "# {} {}\n\n{} files of {} projects; {state}. Opened {}, last change {}.\n\n",
        if incident.campaign.is_some() { "Campaign" } else { "Release" },
        incident.name(),
        incident.members.len(),
        incident.projects().len(),
        minutes(&rfc3339(incident.opened_at())),
        minutes(&rfc3339(incident.changed_at())),
    );
    out.push_str("## What it does\n\n");
    let mut behaviours: BTreeMap<String, usize> = BTreeMap::new();
    for report in incident.members.iter().filter_map(|member| member.report.as_ref()) {
        for behaviour in &report.behaviours {
            *behaviours
                .entry(format!("{} ({})", behaviour.title, behaviour.attack.join(", ")))
                .or_default() += 1;
        }
    }
    if behaviours.is_empty() {
        out.push_str("Nothing was found in its files.\n");
    }
    for (behaviour, count) in &behaviours {
        out.push_str(&format!("- {}: {count} files\n", plain(behaviour)));
    }
    let targets: BTreeSet<&str> =
        incident.members.iter().filter_map(|member| member.file.target.as_deref()).collect();
    if !targets.is_empty() {
        let targets: Vec<String> = targets.into_iter().map(plain).collect();
        out.push_str(&format!("\nIts names can be mistaken for {}.\n", targets.join(", ")));
    }
    out.push_str("\n## Hosts\n\n");
    let observables = incident.observables();
    let hosts: BTreeSet<&str> = observables
        .iter()
        .filter(|one| matches!(one.kind, ObservableKind::Domain | ObservableKind::Address))
        .map(|one| one.value.as_str())
        .collect();
    if hosts.is_empty() {
        out.push_str("None that several of them name.\n");
    }
    for host in hosts {
        out.push_str(&format!("- {}\n", plain(&defang_host(host))));
    }
    out.push_str(
        "\n## Timeline\n\n| uploaded | file | verdict | resembles | sha256 |\n|---|---|---|---|---|\n",
    );
    for member in &incident.members {
        let file = &member.file;
        out.push_str(&format!(
            "| {} | {} | {} | {} | {} |\n",
            minutes(&rfc3339(file.uploaded_at)),
            plain(&file.file_name),
            file.verdict.id(),
            plain(file.target.as_deref().unwrap_or_default()),
            file.sha256,
        ));
    }
    out
}

fn minutes(instant: &str) -> String {
    format!("{} UTC", instant.get(..16).unwrap_or_default().replace('T', " "))
}

/// Text in which nothing is markup.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in printable(text).chars() {
        if "\\`*_{}[]<>()#+!|~".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(plain("a|b [x](y) <img>"), "a\\|b \\[x\\]\\(y\\) \\<img\\>");
    }
}
