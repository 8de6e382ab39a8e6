//! The attack chain as a few sentences that a person understands.

use std::collections::BTreeSet;

use crate::{Finding, Layer, Report, Severity, Stage, Trigger};

/// Findings that one sentence tells of.
const TOLD: usize = 3;
/// Layers that the sentence on unfolding tells of.
const LAYERS: usize = 4;
/// Hosts that one sentence names.
const HOSTS: usize = 3;

/// What runs first, what it unfolds to, what it takes, where it sends it and what it leaves behind,
/// in the order in which it happens, and then the nearest innocent explanation of each behaviour.
/// Empty where there is no evidence. Made of our words, members' names and defanged excerpts.
pub fn story(report: &Report) -> Vec<String> {
    let mut told: Vec<String> = opening(report).into_iter().collect();
    // What is left behind comes last for a reader, whatever runs first.
    let order =
        [Stage::Unfold, Stage::Fetch, Stage::Collect, Stage::Exfiltrate, Stage::Impact, Stage::Persist];
    for stage in order {
        let of: Vec<&Finding> = evidence(report).filter(|f| f.stage() == Some(stage)).collect();
        if of.is_empty() {
            continue;
        }
        if stage == Stage::Unfold {
            told.extend(unfolding(report));
        }
        told.push(sentence(report, stage, &of));
    }
    let facts: Vec<&Finding> = evidence(report).filter(|f| f.behaviour.is_none()).collect();
    if !facts.is_empty() {
        told.push(format!("Besides: {}.", messages(&facts)));
    }
    for behaviour in &report.behaviours {
        told.push(format!("Innocent if \"{}\" is: {}.", behaviour.title(), behaviour.innocent()));
    }
    told
}

fn evidence(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| finding.severity > Severity::Info)
}

/// What runs first: the evidence that needs the least of a user, and the way to it.
fn opening(report: &Report) -> Option<String> {
    let first = evidence(report).filter(|f| f.trigger.is_some()).min_by_key(|f| f.trigger)?;
    let when = match first.trigger? {
        Trigger::Startup => "Runs at every start of the interpreter, without being asked",
        Trigger::Install => "Runs while it is being installed",
        Trigger::Import => "Runs as soon as it is imported",
        Trigger::EntryPoint => "Runs when its command is started",
        Trigger::Call => "Runs when something calls it",
    };
    let mut way = first.reach.clone();
    way.push(place(first));
    let hooks: Vec<&Finding> = evidence(report).filter(|f| f.stage() == Some(Stage::Trigger)).collect();
    let what = if hooks.is_empty() { String::new() } else { format!("; {}", messages(&hooks)) };
    Some(format!("{when}: {}{what}.", way.join(" → ")))
}

fn place(finding: &Finding) -> String {
    match finding.layer {
        0 => format!("{}:{}", finding.member, finding.line),
        layer => format!("layer {layer} of {}, line {}", finding.member, finding.line),
    }
}

/// The layers of the members that the evidence lies in.
fn unfolding(report: &Report) -> Option<String> {
    let members: BTreeSet<&str> = evidence(report).map(|f| f.member.as_str()).collect();
    let layers: Vec<&Layer> =
        report.layers.iter().filter(|layer| members.contains(layer.member.as_str())).collect();
    if layers.is_empty() {
        return None;
    }
    let one = |layer: &&Layer| {
        let encoders = if layer.encoders.is_empty() { "text".to_owned() } else { layer.encoders.join(", ") };
        let cut = if layer.incomplete.is_some() { ", not read in full" } else { "" };
        format!(
            "{encoders} gives {} ({} bytes{cut}; layer {} of {}, at line {})",
            layer.language, layer.size, layer.depth, layer.member, layer.line
        )
    };
    let shown: Vec<String> = layers.iter().take(LAYERS).map(one).collect();
    Some(format!("Unfolds hidden code: {}{}.", shown.join("; "), more(layers.len(), LAYERS)))
}

fn more(all: usize, shown: usize) -> String {
    if all > shown { format!("; and {} more", all - shown) } else { String::new() }
}

fn sentence(report: &Report, stage: Stage, findings: &[&Finding]) -> String {
    let start = match stage {
        Stage::Trigger => "Gets to run",
        Stage::Unfold => "Hides",
        Stage::Fetch => "Fetches what comes next",
        Stage::Persist => "Leaves behind",
        Stage::Collect => "Takes",
        Stage::Exfiltrate => "Sends it away",
        Stage::Impact => "Then",
    };
    let hosts = if matches!(stage, Stage::Fetch | Stage::Exfiltrate | Stage::Impact) {
        hosts(report, findings)
    } else {
        String::new()
    };
    let shown = findings.iter().find(|finding| !finding.excerpt.is_empty());
    let excerpt = shown.map(|f| format!(" `{}`", f.excerpt.replace('`', "'"))).unwrap_or_default();
    let place = findings.first().map(|f| format!(" ({})", place(f))).unwrap_or_default();
    format!("{start}: {}{hosts}{place}.{excerpt}", messages(findings))
}

/// The messages without repetitions.
fn messages(findings: &[&Finding]) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for finding in findings {
        if !seen.contains(&finding.message.as_str()) {
            seen.push(&finding.message);
        }
    }
    let all = seen.len();
    seen.truncate(TOLD);
    format!("{}{}", seen.join("; "), more(all, TOLD))
}

/// The hosts that the evidence names, or else its member does.
fn hosts(report: &Report, findings: &[&Finding]) -> String {
    let lines = |f: &Finding| {
        let of = |h: &&crate::Host| (&h.member, h.layer, h.line) == (&f.member, f.layer, f.line);
        report.facts.hosts.iter().filter(of).map(|h| h.host.as_str()).collect::<Vec<_>>()
    };
    let members = |f: &Finding| {
        let of = |h: &&crate::Host| (&h.member, h.layer) == (&f.member, f.layer);
        report.facts.hosts.iter().filter(of).map(|h| h.host.as_str()).collect::<Vec<_>>()
    };
    let mut named: BTreeSet<&str> = findings.iter().flat_map(|f| lines(f)).collect();
    if named.is_empty() {
        named = findings.iter().flat_map(|f| members(f)).collect();
    }
    if named.is_empty() {
        return String::new();
    }
    let shown: Vec<&str> = named.iter().take(HOSTS).copied().collect();
    format!(", host {}{}", shown.join(", "), more(named.len(), HOSTS))
}
