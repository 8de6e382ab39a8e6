use fondaco_archive::Anomaly;
use fondaco_pydist::CoreMetadata;
use fondaco_python::{Analysis, Call, Role, Unit};
use fondaco_verdict::{Finding, Severity, defang, printable};

use crate::{Artifact, Rule};

/// Findings of one rule that a report carries; more add nothing to the evidence.
const MAX_HITS: usize = 20;

/// What a rule sees of an artifact.
#[derive(Debug, Clone, Copy)]
pub struct Package<'a> {
    /// The artifact as a whole.
    pub artifact: &'a Artifact,
    /// Its Python.
    pub analysis: &'a Analysis,
    /// Its core metadata, where it has any.
    pub metadata: Option<&'a CoreMetadata>,
    /// What is odd about its framing.
    pub anomalies: &'a [Anomaly],
    /// Its members that can run and are no Python source.
    pub natives: &'a [Native],
}

/// A member that can run and is no Python source: a library, a program, a script, bytecode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Native {
    /// The member.
    pub member: String,
    /// `ELF`, `PE`, `Mach-O`, `pyc` or `script`.
    pub format: Option<&'static str>,
    /// Texts in it that speak for an attack.
    pub marks: Vec<&'static str>,
}

impl<'a> Package<'a> {
    /// The calls of all [units](Self::units), with the unit in which each stands.
    pub fn calls(&self) -> impl Iterator<Item = (&'a Unit, &'a Call)> {
        self.units().flat_map(|unit| unit.calls.iter().map(move |call| (unit, call)))
    }

    /// All units but those of tests and documentation that nothing reaches.
    pub fn units(&self) -> impl Iterator<Item = &'a Unit> {
        self.analysis.units.iter().filter(|unit| unit.role != Role::Other || unit.trigger.is_some())
    }
}

/// Collects what one rule finds.
#[derive(Debug)]
pub struct Hits {
    rule: &'static Rule,
    findings: Vec<Finding>,
}

impl Hits {
    pub(crate) fn new(rule: &'static Rule) -> Self {
        Self { rule, findings: Vec::new() }
    }

    pub(crate) fn finish(self) -> Vec<Finding> {
        self.findings
    }

    /// A call is evidence.
    pub(crate) fn call(&mut self, unit: &Unit, call: &Call, message: impl Into<String>) {
        let mut finding = self.finding(&unit.member, message.into());
        finding.line = call.line;
        finding.layer = unit.layer;
        finding.trigger = call.trigger;
        finding.reach.clone_from(&call.reach);
        finding.excerpt = defang(unit.line(call.line));
        self.push(finding);
    }

    /// A line of a unit is evidence.
    pub(crate) fn line(&mut self, unit: &Unit, line: u32, message: impl Into<String>) {
        let mut finding = self.finding(&unit.member, message.into());
        finding.line = line;
        finding.layer = unit.layer;
        finding.trigger = unit.trigger;
        finding.reach.clone_from(&unit.reach);
        finding.excerpt = defang(unit.line(line));
        self.push(finding);
    }

    /// Something about a member, or the artifact as a whole, is evidence.
    pub(crate) fn member(&mut self, member: &str, message: impl Into<String>) {
        let finding = self.finding(member, message.into());
        self.push(finding);
    }

    fn finding(&self, member: &str, message: String) -> Finding {
        Finding {
            rule: self.rule.id,
            severity: self.rule.severity,
            confidence: self.rule.confidence,
            behaviour: self.rule.behaviour,
            trigger: None,
            member: printable(member),
            line: 0,
            layer: 0,
            message: printable(&message),
            excerpt: String::new(),
            reach: Vec::new(),
            weight: if self.rule.severity == Severity::Info { 0.0 } else { self.rule.weight },
        }
    }

    fn push(&mut self, finding: Finding) {
        let known =
            |f: &Finding| (&f.member, f.line, f.layer) == (&finding.member, finding.line, finding.layer);
        if self.findings.len() < MAX_HITS && !self.findings.iter().any(|f| f.line > 0 && known(f)) {
            self.findings.push(finding);
        }
    }
}
