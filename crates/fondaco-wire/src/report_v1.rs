//! `fondaco.report/1`: one report as JSON.

use fondaco_verdict as verdict;
use serde::{Deserialize, Serialize};

use crate::fingerprints_v1::Fingerprints;

/// The value of `schema`.
pub const SCHEMA: &str = "fondaco.report/1";

/// A report on one artifact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// `fondaco.report/1`
    pub schema: String,
    /// The path as given; in a folder: argument/relative.
    pub path: String,
    /// Lower-case hex; null for folders and for what could not be read.
    pub sha256: Option<String>,
    /// `wheel`, `sdist`, `archive`, `folder`, `file`, `unknown`
    pub kind: String,
    /// The project, normalised.
    pub project: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Digest of a wheel's own `METADATA`, lower-case hex.
    pub metadata_sha256: Option<String>,
    /// `clean`, `suspicious`, `malicious`, `incomplete`
    pub verdict: Verdict,
    /// Whether everything that could run was looked at.
    pub complete: bool,
    /// 0 to 1.
    pub score: f32,
    /// What it does.
    pub behaviours: Vec<Behaviour>,
    /// The attack chain.
    pub stages: Vec<Stage>,
    /// The attack as it runs, in sentences, and the nearest innocent explanations.
    #[serde(default)]
    pub story: Vec<String>,
    /// The evidence, and after it what the operator has ruled out.
    pub findings: Vec<Finding>,
    /// What the artifact consists of and refers to; absent in reports of older engines.
    #[serde(default)]
    pub facts: Option<Facts>,
    /// What it has in common with others of the same maker; absent in reports of older engines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprints: Option<Fingerprints>,
    /// What a small package shows of who stands for it; absent where that was not weighed, and in reports of
    /// older engines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credibility: Option<Credibility>,
    /// The code that was unfolded.
    pub layers: Vec<Layer>,
    /// What was not looked at.
    pub unscanned: Vec<Unscanned>,
    /// Fingerprint of the engine, and the sandbox's level where it ran in one.
    pub engine: String,
    /// Wall time of the inspection, in milliseconds; envelope, not part of the report's meaning.
    pub elapsed_ms: u64,
    /// What an upload is checked by; between worker and parent only, never kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<Box<crate::upload_v1::Archive>>,
}

/// The score card of a small package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credibility {
    /// The signs that it shows.
    pub signs: Vec<String>,
    /// Log-odds, at even odds before, that it was made to be thrown away.
    pub doubt: f32,
}

/// What an inspection concludes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "documented at fondaco_verdict::Verdict")]
pub enum Verdict {
    Clean,
    Incomplete,
    Suspicious,
    Malicious,
}

/// A behaviour in ATT&CK's terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// Stable id.
    pub id: String,
    /// For a person.
    pub title: String,
    /// ATT&CK technique ids.
    pub attack: Vec<String>,
}

/// A stage of the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Stable id.
    pub stage: String,
    /// When it runs.
    pub trigger: Option<String>,
    /// Indices into `findings`.
    pub findings: Vec<usize>,
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// `info` to `critical`
    pub severity: String,
    /// `low` to `high`
    pub confidence: String,
    /// When the code runs.
    pub trigger: Option<String>,
    /// The member.
    pub member: String,
    /// Line, from 1; 0 where lines mean nothing.
    pub line: u32,
    /// 0 for the source.
    pub layer: u16,
    /// One sentence.
    pub message: String,
    /// Defanged, secrets masked.
    pub excerpt: String,
    /// How the code is reached.
    pub reach: Vec<String>,
    /// The operator's reason for ruling it out, where they did: then it is no evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<String>,
}

impl Finding {
    /// Whether it speaks for an attack: worse than information, and not ruled out.
    pub fn is_evidence(&self) -> bool {
        self.severity != "info" && self.suppressed.is_none()
    }
}

/// What an artifact consists of and refers to, judged by nobody.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// What runs before anything is imported: `install: setup.py`.
    pub triggers: Vec<String>,
    /// Hosts that the code names, defanged.
    pub hosts: Vec<Host>,
    /// Members that can run and are no Python source.
    pub binaries: Vec<Binary>,
    /// `module:function` of each script that is installed.
    pub entry_points: Vec<String>,
    /// What it requires.
    pub requires: Vec<String>,
    /// What code that runs unasked does; absent in reports of older engines.
    #[serde(default)]
    pub sinks: Option<Vec<String>>,
    /// Whether there was more than is kept.
    pub cut: bool,
}

/// A host that the code names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Defanged.
    pub host: String,
    /// Where it stands.
    pub member: String,
    /// 0 for the source.
    pub layer: u16,
    /// Line there.
    pub line: u32,
}

/// A member that can run and is no Python source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binary {
    /// The member.
    pub member: String,
    /// `ELF`, `PE`, `Mach-O`, `pyc`, `script`; empty where unknown.
    pub format: String,
}

/// One level of unfolded code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// The member.
    pub member: String,
    /// Where it is decoded.
    pub line: u32,
    /// 1 for what decoding the source gave.
    pub depth: u16,
    /// The decoders, in order.
    pub encoders: Vec<String>,
    /// What it is written in.
    pub language: String,
    /// Digest of the decoded bytes.
    pub sha256: String,
    /// Their number.
    pub size: u64,
    /// Why it could not be read in full, where so.
    pub incomplete: Option<String>,
}

/// Something that was not looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unscanned {
    /// The member; empty for the artifact as a whole.
    pub member: String,
    /// Why.
    pub why: String,
}

impl From<verdict::Verdict> for Verdict {
    fn from(verdict: verdict::Verdict) -> Self {
        match verdict {
            verdict::Verdict::Clean => Self::Clean,
            verdict::Verdict::Incomplete => Self::Incomplete,
            verdict::Verdict::Suspicious => Self::Suspicious,
            verdict::Verdict::Malicious => Self::Malicious,
        }
    }
}

impl Report {
    /// The wire form of a report, in its envelope.
    pub fn new(report: &verdict::Report, path: &str, elapsed_ms: u64) -> Self {
        let behaviour = |b: &verdict::Behaviour| Behaviour {
            id: b.id().to_owned(),
            title: b.title().to_owned(),
            attack: b.attack().iter().map(|id| (*id).to_owned()).collect(),
        };
        let stage = |s: &verdict::StageReport| Stage {
            stage: s.stage.id().to_owned(),
            trigger: s.trigger.map(|t| t.id().to_owned()),
            findings: s.findings.clone(),
        };
        let unscanned =
            |u: &fondaco_verdict::Unscanned| Unscanned { member: u.member.clone(), why: u.why.clone() };
        Self {
            schema: SCHEMA.to_owned(),
            path: path.to_owned(),
            sha256: report.sha256.map(|digest| digest.to_string()),
            kind: report.kind.id().to_owned(),
            project: report.project.clone(),
            version: report.version.clone(),
            metadata_sha256: report.metadata.map(|digest| digest.to_string()),
            verdict: report.verdict.into(),
            complete: report.complete,
            score: report.score,
            behaviours: report.behaviours.iter().map(behaviour).collect(),
            stages: report.stages.iter().map(stage).collect(),
            story: verdict::story(report),
            findings: findings(report),
            facts: Some(facts(&report.facts)),
            fingerprints: Some(Fingerprints::of(&report.fingerprints)),
            credibility: report.credibility.as_ref().map(|card| Credibility {
                signs: card.signs.iter().map(|sign| (*sign).to_owned()).collect(),
                doubt: card.doubt,
            }),
            layers: report.layers.iter().map(layer).collect(),
            unscanned: report.unscanned.iter().map(unscanned).collect(),
            engine: report.engine.clone(),
            elapsed_ms,
            upload: None,
        }
    }

    /// Whether what a worker has sent holds together; its parent takes nothing else.
    pub fn is_sound(&self) -> bool {
        let scored = match self.verdict {
            Verdict::Malicious => self.score >= verdict::MALICIOUS,
            Verdict::Suspicious => (verdict::SUSPICIOUS..verdict::MALICIOUS).contains(&self.score),
            Verdict::Incomplete => !self.complete && self.score < verdict::SUSPICIOUS,
            Verdict::Clean => self.complete && self.score < verdict::SUSPICIOUS,
        };
        let indexed = self.stages.iter().flat_map(|s| &s.findings).all(|i| *i < self.findings.len());
        let printed = self.fingerprints.as_ref().is_none_or(|prints| prints.record().is_some());
        self.schema == SCHEMA && scored && indexed && printed && self.complete == self.unscanned.is_empty()
    }
}

fn findings(report: &verdict::Report) -> Vec<Finding> {
    let ruled_out =
        |s: &verdict::Suppressed| Finding { suppressed: Some(s.reason.clone()), ..finding(&s.finding) };
    report.findings.iter().map(finding).chain(report.suppressed.iter().map(ruled_out)).collect()
}

fn facts(facts: &verdict::Facts) -> Facts {
    let host = |h: &verdict::Host| Host {
        host: h.host.clone(),
        member: h.member.clone(),
        layer: h.layer,
        line: h.line,
    };
    let binary = |b: &verdict::Binary| Binary { member: b.member.clone(), format: b.format.clone() };
    Facts {
        triggers: facts.triggers.clone(),
        hosts: facts.hosts.iter().map(host).collect(),
        binaries: facts.binaries.iter().map(binary).collect(),
        entry_points: facts.entry_points.clone(),
        requires: facts.requires.clone(),
        sinks: Some(facts.sinks.clone()),
        cut: facts.cut,
    }
}

fn finding(finding: &verdict::Finding) -> Finding {
    Finding {
        rule: finding.rule.to_string(),
        severity: finding.severity.id().to_owned(),
        confidence: finding.confidence.id().to_owned(),
        trigger: finding.trigger.map(|t| t.id().to_owned()),
        member: finding.member.clone(),
        line: finding.line,
        layer: finding.layer,
        message: finding.message.clone(),
        excerpt: finding.excerpt.clone(),
        reach: finding.reach.clone(),
        suppressed: None,
    }
}

fn layer(layer: &verdict::Layer) -> Layer {
    Layer {
        member: layer.member.clone(),
        line: layer.line,
        depth: layer.depth,
        encoders: layer.encoders.clone(),
        language: layer.language.clone(),
        sha256: layer.sha256.to_string(),
        size: layer.size,
        incomplete: layer.incomplete.clone(),
    }
}
