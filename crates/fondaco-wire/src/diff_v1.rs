//! `fondaco.diff/1`: what one artifact has that another had not, from the reports on both.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::report_v1::{Behaviour, Binary, Facts, Finding, Host, Layer, Report, Verdict};

/// The value of `schema`.
pub const SCHEMA: &str = "fondaco.diff/1";

/// What is new.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diff {
    /// `fondaco.diff/1`
    pub schema: String,
    /// The one that is compared with.
    pub old: Side,
    /// The one that is looked at.
    pub new: Side,
    /// What runs before anything is imported, and did not.
    pub triggers: Vec<String>,
    /// What it does, and did not.
    pub behaviours: Vec<Behaviour>,
    /// Evidence and capabilities that were not there, or that now run with less asking.
    pub findings: Vec<Finding>,
    /// Hosts that no code named.
    pub hosts: Vec<Host>,
    /// Members that can run, are no Python source, and were not there.
    pub binaries: Vec<Binary>,
    /// Unfolded code whose bytes were in no layer.
    pub layers: Vec<Layer>,
    /// Installed scripts that were not there.
    pub entry_points: Vec<String>,
    /// Requirements that were not there.
    pub requires: Vec<String>,
    /// Whether both were looked at in full, so that what is not here is not new.
    pub complete: bool,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// The path as given.
    pub path: String,
    /// The project, normalised.
    pub project: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Lower-case hex.
    pub sha256: Option<String>,
    /// `clean`, `suspicious`, `malicious`, `incomplete`
    pub verdict: Verdict,
    /// 0 to 1.
    pub score: f32,
}

impl Side {
    fn of(report: &Report) -> Self {
        Self {
            path: report.path.clone(),
            project: report.project.clone(),
            version: report.version.clone(),
            sha256: report.sha256.clone(),
            verdict: report.verdict,
            score: report.score,
        }
    }
}

impl Diff {
    /// Compares two reports.
    pub fn of(old: &Report, new: &Report) -> Self {
        let (before, after) = (old.facts.clone(), new.facts.clone());
        let whole = |facts: &Option<Facts>| facts.as_ref().is_some_and(|facts| !facts.cut);
        let complete = old.complete && new.complete && whole(&before) && whole(&after);
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        let known_behaviours: BTreeSet<&str> = old.behaviours.iter().map(|b| b.id.as_str()).collect();
        let known_layers: BTreeSet<&str> = old.layers.iter().map(|layer| layer.sha256.as_str()).collect();
        let known_hosts: BTreeSet<&str> = before.hosts.iter().map(|host| host.host.as_str()).collect();
        let known_binaries: BTreeSet<String> =
            before.binaries.iter().map(|binary| local(old, &binary.member)).collect();
        // A trigger is `install: MEMBER`.
        let trigger = |report: &Report, text: &str| match text.split_once(": ") {
            Some((when, member)) => format!("{when}: {}", local(report, member)),
            None => text.to_owned(),
        };
        let known_triggers: BTreeSet<String> = before.triggers.iter().map(|t| trigger(old, t)).collect();
        let mut named = BTreeSet::new();
        Self {
            schema: SCHEMA.to_owned(),
            old: Side::of(old),
            new: Side::of(new),
            triggers: after
                .triggers
                .iter()
                .map(|text| trigger(new, text))
                .filter(|text| !known_triggers.contains(text))
                .collect(),
            behaviours: without(&new.behaviours, |b| known_behaviours.contains(b.id.as_str())),
            findings: findings(old, new),
            hosts: without(&after.hosts, |host| {
                known_hosts.contains(host.host.as_str()) || !named.insert(host.host.clone())
            }),
            binaries: without(&after.binaries, |b| known_binaries.contains(&local(new, &b.member))),
            layers: without(&new.layers, |layer| known_layers.contains(layer.sha256.as_str())),
            entry_points: without(&after.entry_points, |point| before.entry_points.contains(point)),
            requires: without(&after.requires, |requirement| before.requires.contains(requirement)),
            complete,
        }
    }

    /// Whether there is a behaviour that was not there, or evidence of at least medium severity.
    pub fn is_alarming(&self) -> bool {
        let counts = |f: &Finding| f.is_evidence() && f.severity != "low";
        !self.behaviours.is_empty() || self.findings.iter().any(counts)
    }

    /// Whether nothing is new.
    pub fn is_empty(&self) -> bool {
        self.triggers.is_empty()
            && self.behaviours.is_empty()
            && self.findings.is_empty()
            && self.hosts.is_empty()
            && self.binaries.is_empty()
            && self.layers.is_empty()
            && self.entry_points.is_empty()
            && self.requires.is_empty()
    }
}

fn without<T: Clone>(all: &[T], mut known: impl FnMut(&T) -> bool) -> Vec<T> {
    all.iter().filter(|one| !known(one)).cloned().collect()
}

/// A member's path without what changes with each version.
fn local(report: &Report, member: &str) -> String {
    fondaco_verdict::without_version(member, report.version.as_deref())
}

/// The findings that the old report had not: by rule, member and trigger, however lines moved. As
/// many of a kind as there were are taken for the same, those with an equal excerpt first.
fn findings(old: &Report, new: &Report) -> Vec<Finding> {
    let kind = |report: &Report, f: &Finding| (f.rule.clone(), local(report, &f.member), f.trigger.clone());
    let mut known: HashMap<_, Vec<String>> = HashMap::new();
    for finding in old.findings.iter().filter(|f| f.suppressed.is_none()) {
        known.entry(kind(old, finding)).or_default().push(finding.excerpt.clone());
    }
    let mut unmatched = Vec::new();
    for finding in new.findings.iter().filter(|f| f.suppressed.is_none()) {
        let excerpts = known.entry(kind(new, finding)).or_default();
        match excerpts.iter().position(|excerpt| *excerpt == finding.excerpt) {
            Some(at) => drop(excerpts.swap_remove(at)),
            None => unmatched.push(finding),
        }
    }
    unmatched.retain(|finding| known.entry(kind(new, finding)).or_default().pop().is_none());
    unmatched.into_iter().cloned().collect()
}
