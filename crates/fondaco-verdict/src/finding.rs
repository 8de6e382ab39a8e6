use std::fmt;

use crate::{Behaviour, Stage};

/// A rule's stable id, kebab-case, e.g. `decoded-exec`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(&'static str);

impl RuleId {
    /// Names a rule. The rule registry's tests hold the form and the uniqueness.
    pub const fn new(id: &'static str) -> Self {
        Self(id)
    }

    /// The id as text.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// How bad it is if the finding is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A capability; worth knowing, no evidence of an attack.
    Info,
    /// Unusual.
    Low,
    /// Unusual and risky.
    Medium,
    /// A step of an attack.
    High,
    /// An attack.
    Critical,
}

impl Severity {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// How sure the rule is of what it saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Often has an innocent reason.
    Low,
    /// Sometimes has an innocent reason.
    Medium,
    /// Hardly ever has an innocent reason.
    High,
}

impl Confidence {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// When code runs. Ordered by how little the user has to do: earlier is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trigger {
    /// At every start of the interpreter: `.pth`, `sitecustomize`, `usercustomize`.
    Startup,
    /// During installation: `setup.py`, `cmdclass`, an in-tree build backend.
    Install,
    /// On import of the package.
    Import,
    /// When the user runs a console script of the package.
    EntryPoint,
    /// When something calls it.
    Call,
}

impl Trigger {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Startup => "startup",
            Self::Install => "install",
            Self::Import => "import",
            Self::EntryPoint => "entry-point",
            Self::Call => "call",
        }
    }

    /// Whether the code runs without the user having asked for it.
    pub fn is_unasked(self) -> bool {
        matches!(self, Self::Startup | Self::Install | Self::Import)
    }
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: RuleId,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The behaviour that it is evidence for; `None` for plain facts about the archive or metadata.
    pub behaviour: Option<Behaviour>,
    /// When the code runs; `None` where nothing runs (metadata, framing) or nothing is known.
    pub trigger: Option<Trigger>,
    /// The member, printable; empty for the artifact as a whole.
    pub member: String,
    /// Line within the member (or within the layer's text), from 1; 0 where lines mean nothing.
    pub line: u32,
    /// 0 for the source, n + 1 for what decoding layer n gave.
    pub layer: u16,
    /// What was found, one sentence built by the rule.
    pub message: String,
    /// The line or value, defanged, secrets masked, at most 200 characters.
    pub excerpt: String,
    /// How the code is reached, outermost first: `setup.py:12`, `pkg/__init__.py:3`.
    pub reach: Vec<String>,
    /// Evidence that this adds, in nats before the trigger's factor; see `score`.
    pub weight: f32,
}

impl Finding {
    /// The stage of the attack chain that it belongs to.
    pub fn stage(&self) -> Option<Stage> {
        self.behaviour.map(Behaviour::stage)
    }
}
