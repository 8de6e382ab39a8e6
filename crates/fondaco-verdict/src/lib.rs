//! What a finding is and what it leads to.
//!
//! Pure data and pure functions: findings become behaviours and stages, their evidence adds up
//! to a score, the score and what was not looked at become a verdict, and the verdict with the
//! operator's policy becomes a decision. No serde (wire forms live in `fondaco-wire`), no IO.

mod behaviour;
mod credibility;
mod decision;
mod excerpt;
mod facts;
mod finding;
mod fingerprints;
mod report;
mod score;
mod story;
mod together;
mod weights;

pub use behaviour::{Behaviour, Stage};
pub use credibility::Credibility;
pub use decision::{Decision, Policy, SuspiciousPolicy};
pub use excerpt::{defang, defang_host, printable};
pub use facts::{Binary, Facts, Host, without_version};
pub use finding::{Confidence, Finding, RuleId, Severity, Trigger};
pub use fingerprints::{
    Fingerprints, Indicator, IndicatorKind, MAX_INDICATORS, MAX_SHAPES, SKETCH, Shape, Sketch,
};
pub use fondaco_pydist::Unscanned;
pub use report::{ArtifactKind, Layer, Report, StageReport, Subject, Suppressed, Verdict};
pub use score::{MALICIOUS, Part, SUSPICIOUS, ScoredChain, parts, score, score_by, stages};
pub use story::story;
pub use weights::{FITTED, Weights};
