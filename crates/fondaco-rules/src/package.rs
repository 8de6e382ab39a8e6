use fondaco_archive::Anomaly;
use fondaco_members::{Facts, Script, ScriptLanguage};
use fondaco_pydist::CoreMetadata;
use fondaco_python::{Analysis, Api, Call, Role, Unit};
use fondaco_verdict::{Finding, Severity, Trigger, defang, printable};

use crate::{Artifact, News, Publication, Rule};

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
    /// Its members that are no Python source.
    pub members: &'a Facts,
    /// What the release before had not, where that is known.
    pub news: Option<&'a News>,
    /// Who published it and the release before, where that says something.
    pub publication: Option<&'a Publication>,
    /// Whether the project is known to be no newcomer, so that what it is made like says nothing.
    pub established: bool,
}

impl<'a> Package<'a> {
    /// The calls of all [units](Self::units), with the unit in which each stands.
    pub fn calls(&self) -> impl Iterator<Item = (&'a Unit, &'a Call)> {
        self.units().flat_map(|unit| unit.calls.iter().map(move |call| (unit, call)))
    }

    /// The call that names a member by its file name and runs soonest.
    pub fn named_by(&self, member: &str) -> Option<(&'a Unit, &'a Call)> {
        let named = self.calls().filter(|(_, call)| names(call, member));
        named.min_by_key(|(_, call)| (call.trigger.is_none(), call.trigger))
    }

    /// The call that runs a member as a command and does so soonest.
    pub fn run_by(&self, member: &str) -> Option<(&'a Unit, &'a Call)> {
        let run = self.calls().filter(|(_, call)| call.api == Some(Api::Shell) && names(call, member));
        run.min_by_key(|(_, call)| (call.trigger.is_none(), call.trigger))
    }

    /// The call that has `make` follow a description which is this script, or which runs it.
    pub fn made_by(&self, script: &Script) -> Option<(&'a Unit, &'a Call)> {
        let file = script.member.rsplit('/').next().unwrap_or_default();
        let runs = |other: &Script| {
            other.language == ScriptLanguage::Make
                && (other.member == script.member || other.text.contains(file))
        };
        if !self.members.scripts.iter().any(runs) {
            return None;
        }
        let makes = |call: &Call| {
            let word = call.texts().first().and_then(|text| text.split_whitespace().next());
            call.api == Some(Api::Shell) && matches!(word, Some("make" | "gmake" | "nmake"))
        };
        let made = self.calls().filter(|(_, call)| makes(call));
        made.min_by_key(|(_, call)| (call.trigger.is_none(), call.trigger))
    }

    /// All units but those of tests and documentation that nothing reaches.
    pub fn units(&self) -> impl Iterator<Item = &'a Unit> {
        self.analysis.units.iter().filter(|unit| unit.role != Role::Other || unit.trigger.is_some())
    }
}

/// Whether a text among a call's arguments ends in the file name of a member, or holds it as a word.
pub fn names(call: &Call, member: &str) -> bool {
    let file = member.rsplit('/').next().unwrap_or(member);
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.'));
    // Short names are words of other meaning.
    file.len() >= 4
        && call.texts().iter().any(|text| {
            text.match_indices(file).any(|(at, _)| {
                is_edge(text[..at].chars().next_back().filter(|c| *c != '.'))
                    && is_edge(text[at + file.len()..].chars().next())
            })
        })
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
        finding.reach = call.reach.to_vec();
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

    /// Something about the artifact as a whole is evidence, and so much of it, in nats.
    pub(crate) fn graded(&mut self, weight: f32, message: impl Into<String>) {
        let finding = self.finding("", message.into());
        self.push(Finding { weight, ..finding });
    }

    /// A member is evidence; the call that names it, if one does, says when it counts.
    pub(crate) fn reached_member(
        &mut self,
        member: &str,
        named: Option<(&Unit, &Call)>,
        message: impl Into<String>,
        excerpt: &str,
    ) {
        let mut finding = self.finding(member, message.into());
        if let Some((_, call)) = named {
            // Being named makes nothing less likely to be meant.
            finding.trigger = call.trigger.filter(|trigger| trigger.is_unasked());
            finding.reach = call.reach.to_vec();
        }
        finding.excerpt = defang(excerpt);
        self.push(finding);
    }

    /// A line (from 1, with its text) of a member that is no Python is evidence.
    pub(crate) fn text(
        &mut self,
        member: &str,
        (line, text): (u32, &str),
        trigger: Option<Trigger>,
        message: impl Into<String>,
    ) {
        let mut finding = self.finding(member, message.into());
        finding.line = line;
        finding.trigger = trigger;
        finding.excerpt = defang(text);
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
