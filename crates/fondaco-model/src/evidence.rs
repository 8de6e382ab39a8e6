use fondaco_pydist::Sha256;
use fondaco_verdict::Verdict;
use jiff::Timestamp;

/// What an inspection of one file's content found. Kept by digest, file name and engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The content.
    pub sha256: Sha256,
    /// The name under which it was inspected: it tells a wheel from an sdist.
    pub file_name: String,
    /// The engine's fingerprint.
    pub engine: String,
    /// The conclusion.
    pub verdict: Verdict,
    /// Titles of the rules behind a verdict that is not clean, strongest first. Our own words.
    pub titles: Vec<String>,
    /// Digest of the wheel's own `METADATA`, as the inspection found it.
    pub metadata: Option<Sha256>,
    /// Whether the inspection itself was lost (worker killed): to be tried again, never final.
    pub lost: bool,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// When.
    pub inspected_at: Timestamp,
    /// The report, `fondaco.report/1` as JSON.
    pub report: String,
}
