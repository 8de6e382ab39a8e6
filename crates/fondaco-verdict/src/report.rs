use fondaco_pydist::{Sha256, Unscanned};

use crate::score::{MALICIOUS, SUSPICIOUS, score};
use crate::{Behaviour, Credibility, Facts, Finding, Fingerprints, Severity, Stage, Trigger, Weights};

/// What an inspection concludes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Everything was looked at and nothing speaks for an attack.
    Clean,
    /// Nothing worse was found, but something that could run was not looked at.
    Incomplete,
    /// Evidence that a person should look at.
    Suspicious,
    /// An attack.
    Malicious,
}

impl Verdict {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Incomplete => "incomplete",
            Self::Suspicious => "suspicious",
            Self::Malicious => "malicious",
        }
    }

    /// The verdict with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Clean, Self::Incomplete, Self::Suspicious, Self::Malicious].into_iter().find(|v| v.id() == id)
    }
}

/// What kind of artifact was inspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArtifactKind {
    /// A wheel.
    Wheel,
    /// A source distribution.
    Sdist,
    /// An archive that is neither.
    Archive,
    /// An unpacked folder.
    Folder,
    /// A single file.
    File,
    /// Not recognised, or unreadable.
    Unknown,
}

impl ArtifactKind {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Wheel => "wheel",
            Self::Sdist => "sdist",
            Self::Archive => "archive",
            Self::Folder => "folder",
            Self::File => "file",
            Self::Unknown => "unknown",
        }
    }
}

/// One level of unfolded code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// The member in which layer 0 stands.
    pub member: String,
    /// Where in the layer above it is decoded, from 1.
    pub line: u32,
    /// Depth: 1 for what decoding the source gave.
    pub depth: u16,
    /// The decoders in the order in which they were applied: `base64`, `zlib`, ...
    pub encoders: Vec<String>,
    /// `python`, `shell`, `powershell`, `data`, ...
    pub language: String,
    /// The digest of the decoded payload.
    pub sha256: Sha256,
    /// Its size in bytes.
    pub size: u64,
    /// Why the layer was cut short or could not be decoded, where so.
    pub incomplete: Option<String>,
}

/// The findings of one stage under one trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageReport {
    /// The stage.
    pub stage: Stage,
    /// When its code runs; the most unasked trigger among its findings.
    pub trigger: Option<Trigger>,
    /// Indices into `Report::findings`.
    pub findings: Vec<usize>,
}

/// A finding that the operator has ruled out for this project: shown, and no evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Suppressed {
    /// What was found.
    pub finding: Finding,
    /// The operator's reason.
    pub reason: String,
}

/// The result of inspecting one artifact. A pure function of the artifact's bytes, the context
/// and the engine: no times, no paths of this machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What it is.
    pub kind: ArtifactKind,
    /// The artifact's digest; `None` for folders and for what could not be read.
    pub sha256: Option<Sha256>,
    /// The project's name as the artifact says, normalised.
    pub project: Option<String>,
    /// The version as the artifact says.
    pub version: Option<String>,
    /// The digest of a wheel's own `METADATA`, byte for byte.
    pub metadata: Option<Sha256>,
    /// The conclusion.
    pub verdict: Verdict,
    /// Whether everything that could run was looked at.
    pub complete: bool,
    /// 0 to 1; at least 0.5 is suspicious, at least 0.85 malicious.
    pub score: f32,
    /// What it does.
    pub behaviours: Vec<Behaviour>,
    /// The attack chain, in the order in which it runs.
    pub stages: Vec<StageReport>,
    /// The evidence, strongest first.
    pub findings: Vec<Finding>,
    /// Findings that the operator has ruled out.
    pub suppressed: Vec<Suppressed>,
    /// What it shows of who stands for it; `None` where that was not weighed.
    pub credibility: Option<Credibility>,
    /// What it consists of and refers to, for comparing two artifacts.
    pub facts: Facts,
    /// What it has in common with others of the same maker.
    pub fingerprints: Fingerprints,
    /// The code that was unfolded.
    pub layers: Vec<Layer>,
    /// What was not looked at, and why.
    pub unscanned: Vec<Unscanned>,
    /// Fingerprint of the engine: version, rules and limits.
    pub engine: String,
}

/// What is known of an artifact apart from its findings.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What it is.
    pub kind: ArtifactKind,
    /// Its digest.
    pub sha256: Option<Sha256>,
    /// Its project.
    pub project: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The digest of a wheel's own `METADATA`.
    pub metadata: Option<Sha256>,
}

impl Report {
    /// Concludes: scores the findings, orders them, and builds the chain.
    pub fn conclude(
        subject: Subject,
        mut findings: Vec<Finding>,
        layers: Vec<Layer>,
        unscanned: Vec<Unscanned>,
        engine: String,
    ) -> Self {
        let order = |f: &Finding| (std::cmp::Reverse(f.severity), std::cmp::Reverse(f.confidence), f.trigger);
        findings.sort_by(|a, b| {
            order(a)
                .cmp(&order(b))
                .then_with(|| (&a.member, a.layer, a.line).cmp(&(&b.member, b.layer, b.line)))
        });
        for finding in findings.iter_mut().filter(|finding| finding.weight > 0.0) {
            finding.weight = Weights::fitted().of(finding.rule, finding.weight);
        }
        let complete = unscanned.is_empty();
        let score = score(&findings).total;
        let verdict = match score {
            s if s >= MALICIOUS => Verdict::Malicious,
            s if s >= SUSPICIOUS => Verdict::Suspicious,
            _ if !complete => Verdict::Incomplete,
            _ => Verdict::Clean,
        };
        Self {
            kind: subject.kind,
            sha256: subject.sha256,
            project: subject.project,
            version: subject.version,
            metadata: subject.metadata,
            verdict,
            complete,
            score,
            behaviours: behaviours(&findings),
            stages: stages(&findings),
            findings,
            suppressed: Vec::new(),
            credibility: None,
            facts: Facts::default(),
            fingerprints: Fingerprints::default(),
            layers,
            unscanned,
            engine,
        }
    }

    /// The report on an artifact that could not be inspected at all: unreadable, or the worker
    /// was killed. Never clean.
    pub fn failed(subject: Subject, why: impl Into<String>, engine: String) -> Self {
        let unscanned = vec![Unscanned { member: String::new(), why: why.into() }];
        Self::conclude(subject, Vec::new(), Vec::new(), unscanned, engine)
    }
}

fn behaviours(findings: &[Finding]) -> Vec<Behaviour> {
    let seen =
        |b: &Behaviour| findings.iter().any(|f| f.behaviour == Some(*b) && f.severity > Severity::Info);
    Behaviour::ALL.into_iter().filter(seen).collect()
}

fn stages(findings: &[Finding]) -> Vec<StageReport> {
    let of_stage = |stage: Stage| {
        let of: Vec<usize> = (0..findings.len())
            .filter(|i| findings[*i].stage() == Some(stage) && findings[*i].severity > Severity::Info)
            .collect();
        let trigger = of.iter().filter_map(|i| findings[*i].trigger).min();
        (!of.is_empty()).then_some(StageReport { stage, trigger, findings: of })
    };
    Stage::ALL.into_iter().filter_map(of_stage).collect()
}
