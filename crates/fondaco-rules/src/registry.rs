use fondaco_verdict::{Behaviour, Confidence, Finding, RuleId, Severity};

use crate::{Hits, Package, rules};

/// One detection rule. Everything that is known about it stands in its own file.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its stable id.
    pub id: RuleId,
    /// One line for a person.
    pub title: &'static str,
    /// How bad its findings are.
    pub severity: Severity,
    /// How sure they are.
    pub confidence: Confidence,
    /// What they are evidence for; `None` for facts about framing and metadata.
    pub behaviour: Option<Behaviour>,
    /// The evidence that a finding adds, in nats; 0 where each finding says so itself.
    pub weight: f32,
    pub(crate) check: fn(&Package<'_>, &mut Hits),
}

/// All rules, in the order of their ids.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    rules::ALL.iter().map(|(rule, _)| *rule)
}

/// The documentation of a rule, Markdown: from the top of its source file, and how to suppress it.
pub fn explain(id: &str) -> Option<String> {
    let (rule, source) = rules::ALL.iter().find(|(rule, _)| rule.id.as_str() == id)?;
    let docs: Vec<&str> = source
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .map(|line| line.trim_start_matches("//!").strip_prefix(' ').unwrap_or_default())
        .collect();
    let behaviour = rule
        .behaviour
        .map_or("a fact, no behaviour".to_owned(), |b| format!("{} ({})", b.title(), b.attack().join(", ")));
    Some(format!(
        "# {} ({id})\n\nSeverity {}, confidence {}. Evidence for: {behaviour}.\n\n{}\n\n{}",
        rule.title,
        rule.severity.id(),
        rule.confidence.id(),
        docs.join("\n").trim_end(),
        how_to_suppress(id)
    ))
}

fn how_to_suppress(id: &str) -> String {
    format!(
        "## How to suppress\n\n\
        Once you have looked at what it found in a project, and know better: in `fondaco.toml`, or in the file \
        that `fondaco scan --config` names.\n\n\
        ```toml\n[[suppress]]\nproject = \"the-project\"\nrule = \"{id}\"\n\
        reason = \"why it is harmless there, and who says so\"\nexpires = 2030-01-31\n```\n\n\
        The finding stays in the report with your reason, and is no evidence until that day. Other \
        projects, and other rules in the same project, are judged as before.\n"
    )
}

/// Runs every rule over a package.
pub fn run(package: &Package<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in all() {
        let mut hits = Hits::new(rule);
        (rule.check)(package, &mut hits);
        findings.extend(hits.finish());
    }
    // Among so much there is whatever one looks for; whoever asks for a part of it has asked for that.
    let is_hidden = |finding: &Finding| finding.layer > 0 || finding.member.contains('!');
    let waits = |finding: &&mut Finding| {
        finding.trigger.is_some_and(|trigger| !trigger.is_unasked()) && !is_hidden(finding)
    };
    if package.is_large() {
        findings.iter_mut().filter(waits).for_each(|finding| finding.confidence = Confidence::Low);
    }
    findings
}
