//! Answers for a person.

use fondaco_names::Answer;
use fondaco_verdict::printable;
use fondaco_wire::check_v1::Check;
use fondaco_wire::report_v1::Verdict;

/// A score with three digits.
pub(super) fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1000.0).round() / 1000.0
}

/// One line, and with `explain` what it rests on.
pub(super) fn print(check: &Check, explain: bool) {
    let word = match (check.findings.is_empty(), check.incomplete.is_empty()) {
        (false, _) => "warning",
        (true, false) => "incomplete",
        (true, true) => "ok",
    };
    let version = check.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let what = format!("{}{version}", check.name);
    let mut parts: Vec<String> = check.findings.iter().chain(&check.incomplete).cloned().collect();
    parts.extend(known(check));
    println!("{word:10} {}: {}", printable(&what), printable(&parts.join("; ")));
    if !explain {
        return;
    }
    for ruled_out in &check.ruled_out {
        println!("  resembles {}, ruled out: {}", printable(&ruled_out.name), ruled_out.reason);
    }
    if check.confusable_with.is_some() {
        println!("  score {}, techniques: {}", check.score, check.techniques.join(", "));
    }
    if let Some(file) = &check.file {
        println!("  {}: {:?}, score {:.2}", printable(&file.name), file.verdict, file.score);
        file.story.iter().for_each(|sentence| println!("    {}", printable(sentence)));
    }
}

/// What is known and speaks for nothing.
fn known(check: &Check) -> Vec<String> {
    let mut parts = Vec::new();
    parts.extend(check.since.as_ref().map(|since| format!("since {}", since.get(..10).unwrap_or(since))));
    parts.extend(check.rank.map(|rank| format!("rank {rank} by downloads")));
    parts.extend(check.repository.as_ref().map(|repository| format!("source {repository}")));
    match &check.provenance {
        Some(by) => parts.push(match check.tied_to_repository {
            Some(true) => format!("published by {by}, its own repository"),
            Some(false) => format!("published by {by}, which is not the repository that its metadata names"),
            None => format!("published by {by}"),
        }),
        None if check.file.is_some() => parts.push("no provenance".to_owned()),
        None => {}
    }
    let records = check.advisories.iter().filter(|advisory| advisory.kind != "malware");
    let records: Vec<&str> = records.map(|advisory| advisory.id.as_str()).collect();
    if !records.is_empty() {
        parts.push(format!("known vulnerabilities: {}", records.join(", ")));
    }
    if check.file.as_ref().is_some_and(|file| file.verdict == Verdict::Clean) {
        parts.push("inspected, clean".to_owned());
    }
    let is_quiet =
        check.findings.is_empty() && check.incomplete.is_empty() && check.confusable_with.is_none();
    if parts.is_empty() && is_quiet {
        parts.push("nothing speaks against its name".to_owned());
    }
    parts
}

/// How an answer about a spelling came about, a line each.
pub(super) fn lines(answer: &Answer) -> Vec<String> {
    let mut lines = Vec::new();
    for found in answer.confusable.iter().chain(&answer.near) {
        let how: Vec<&str> = found.techniques.iter().map(|technique| technique.id()).collect();
        let rank = found.rank.map(|rank| format!(", rank {rank}")).unwrap_or_default();
        let gate = answer.ruled_out.iter().find(|(target, _)| *target == found.target);
        let gate = gate.map(|(_, gate)| format!("; ruled out: {}", gate.reason())).unwrap_or_default();
        let kind = found.kind.id();
        lines.push(format!(
            "{} ({kind}{rank}): score {:.3}, {}{gate}",
            found.target,
            found.score,
            how.join(", ")
        ));
    }
    lines
}
