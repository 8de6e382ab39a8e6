//! `cargo xtask eval --campaigns`: how well campaigns are found, and what clustering costs.
//!
//! Generated streams have a known truth: campaigns of 3 to 300 members among honest packages with
//! shared boilerplate, forks, and malware of nobody's campaign. Everything is packed, inspected and
//! clustered as it would be. The generator knows nothing of the engine: neither its constants nor its
//! templates.

mod bench;
mod corpus;
mod disagreements;
mod generate;
mod honest;
mod kit;
mod measure;
mod score;

use std::path::PathBuf;

use fondaco_campaign::Prints;
use fondaco_verdict::Report;

/// What is measured.
pub(crate) struct Wanted<'a> {
    /// The encrypted zip of malicious packages, and its password.
    pub(crate) malicious: Option<(&'a PathBuf, &'a str)>,
    /// Of which seeds.
    pub(crate) seeds: std::ops::Range<u64>,
    /// How many fingerprints are clustered for time and memory.
    pub(crate) bench: Option<usize>,
}

pub(crate) fn run(wanted: &Wanted<'_>) -> anyhow::Result<()> {
    if let Some(count) = wanted.bench {
        return bench::run(count);
    }
    match wanted.malicious {
        Some((path, password)) => corpus::run(path, password),
        None => measure::run(wanted.seeds.clone()),
    }
}

/// The prints of what was inspected.
fn prints(report: &Report) -> Prints {
    let sha256 = report.sha256.unwrap_or_else(|| fondaco_pydist::Sha256::of(b""));
    let payloads = report.layers.iter().map(|layer| (layer.sha256, layer.size));
    Prints::new(sha256, &report.fingerprints, payloads)
}
